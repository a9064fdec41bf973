#include "view/board.hpp"

#include <span>
#include <utility>

namespace yolofleet::command {
namespace {

class ViewSink final : public Sink {
 public:
  ViewSink(ViewBoard& board, std::vector<std::string> names, bool drawn)
      : board_(board), names_(std::move(names)), drawn_(drawn) {}

  Result<void> write(Outcome& outcome) override {
    PictureResult& result = outcome.result;
    if (!outcome.entry.frame || result.error || result.pixels.empty()) {
      return {};
    }
    if (!drawn_) {
      draw_detections(result.pixels, result.detections, names_);
    }
    board_.put(*outcome.entry.frame, std::move(result.pixels));
    return {};
  }

  Result<std::string> finish(Ending /*ending*/) override { return std::string(); }

 private:
  ViewBoard& board_;
  std::vector<std::string> names_;
  bool drawn_;
};

}  // namespace

bool ViewBoard::wants(const Frame& frame) {
  const auto now = Clock::now();
  const std::lock_guard lock(mutex_);
  Show& show = shows_[frame.source];
  if (!show.looked || now - *show.looked > kLook) {
    show.picture.reset();
    return false;
  }
  if (show.wanted && now - *show.wanted < kBetween) {
    return false;
  }
  show.wanted = now;
  return true;
}

void ViewBoard::put(const Frame& frame, Image picture) {
  auto shown = std::make_shared<const Image>(std::move(picture));
  const std::lock_guard lock(mutex_);
  shows_[frame.source].picture = std::move(shown);
}

std::optional<std::string> ViewBoard::jpeg(std::size_t video) {
  std::shared_ptr<const Image> picture;
  {
    const std::lock_guard lock(mutex_);
    if (video >= shows_.size()) {
      return std::nullopt;
    }
    shows_[video].looked = Clock::now();
    picture = shows_[video].picture;
  }
  if (!picture) {
    return std::nullopt;
  }
  const auto bytes = encode_image(picture->view(), ImageFormat::kJpeg);
  if (!bytes) {
    return std::nullopt;
  }
  // The language allows access to bytes as characters.
  const auto* const characters = static_cast<const char*>(static_cast<const void*>(bytes->data()));
  return std::string(characters, bytes->size());
}

std::unique_ptr<Sink> make_view_sink(ViewBoard& board, std::vector<std::string> names, bool drawn) {
  return std::make_unique<ViewSink>(board, std::move(names), drawn);
}

}  // namespace yolofleet::command
