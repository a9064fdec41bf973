#include "yolofleet/detector.hpp"

#include <utility>

#include "base/fail.hpp"
#include "check_options.hpp"
#include "fleet/fleet.hpp"
#include "lanes.hpp"

namespace yolofleet {
namespace {

using base::fail;

Result<void> check(const ImageView& view) {
  if (view.data == nullptr || view.width < 1 || view.height < 1) {
    return fail(ErrorCode::kInvalidArgument, "a picture without pixels was submitted ({} x {})",
                view.width, view.height);
  }
  const auto row =
      static_cast<std::size_t>(view.width) * static_cast<std::size_t>(channels(view.format));
  if (view.stride < row) {
    return fail(ErrorCode::kInvalidArgument,
                "a picture's stride is {} bytes; a row of {} pixels has at least {}", view.stride,
                view.width, row);
  }
  return {};
}

Result<void> check(const Picture& picture) {
  if (const auto* view = std::get_if<ImageView>(&picture)) {
    return check(*view);
  }
  if (const auto* image = std::get_if<Image>(&picture)) {
    return check(image->view());
  }
  return {};  // an encoded file is judged where it is decoded
}

}  // namespace

struct Detector::State {
  explicit State(Model its_model) : model(std::move(its_model)) {}

  Model model;  // the lanes look at its network
  std::vector<std::string> warnings;
  std::vector<std::string> devices;
  std::unique_ptr<fleet::Fleet> fleet;  // last: it ends first
};

Detector::Detector(std::unique_ptr<State> state) : state_(std::move(state)) {}
Detector::Detector(Detector&&) noexcept = default;
Detector& Detector::operator=(Detector&&) noexcept = default;
Detector::~Detector() = default;

Result<Detector> Detector::open(const Model& model, const Options& options) {
  if (auto checked = yolofleet::check(model, options); !checked) {
    return tl::unexpected(std::move(checked).error());
  }
  auto state = std::make_unique<State>(model);
  const auto lanes = lanes_for(state->model.network(), options, state->warnings);
  if (!lanes) {
    return tl::unexpected(lanes.error());
  }
  auto fleet = fleet::Fleet::open(*lanes);
  if (!fleet) {
    return tl::unexpected(std::move(fleet).error());
  }
  state->fleet = *std::move(fleet);
  for (const auto& lane : state->fleet->lanes()) {
    state->devices.push_back(lane->info().description);
  }
  return Detector{std::move(state)};
}

Result<std::vector<PictureResult>> Detector::detect(std::span<const ImageView> images) {
  for (const ImageView& image : images) {
    if (auto checked = check(image); !checked) {
      return tl::unexpected(std::move(checked).error());
    }
  }
  std::vector<PictureResult> results;
  results.reserve(images.size());
  const auto take = [&] {
    if (auto result = state_->fleet->next()) {
      result->index = results.size();
      results.push_back(*std::move(result));
    }
  };
  for (const ImageView& image : images) {
    Picture picture = image;
    for (;;) {
      const auto submitted = state_->fleet->try_submit(picture);
      if (!submitted) {
        return tl::unexpected(submitted.error());
      }
      if (*submitted) {
        break;
      }
      take();
    }
  }
  while (results.size() < images.size()) {
    take();
  }
  for (const PictureResult& result : results) {
    if (result.error && result.error->code == ErrorCode::kDevice) {
      return tl::unexpected(*result.error);
    }
  }
  return results;
}

std::size_t Detector::capacity() const noexcept {
  return state_->fleet->capacity();
}

Result<void> Detector::submit(Picture picture) {
  return check(picture).and_then([&] { return state_->fleet->submit(std::move(picture)); });
}

Result<bool> Detector::try_submit(Picture& picture) {
  return check(picture).and_then([&] { return state_->fleet->try_submit(picture); });
}

void Detector::finish() {
  state_->fleet->finish();
}

std::optional<PictureResult> Detector::next() {
  return state_->fleet->next();
}

std::span<const std::string> Detector::warnings() const noexcept {
  return state_->warnings;
}
std::span<const std::string> Detector::devices() const noexcept {
  return state_->devices;
}

}  // namespace yolofleet
