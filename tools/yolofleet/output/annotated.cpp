// Pictures with their detections drawn into them.
#include <strings.h>

#include <utility>

#include "output/output_file.hpp"
#include "output/sink.hpp"
#include "shared/fail.hpp"

namespace yolofleet::command {
namespace fs = std::filesystem;
namespace {

bool is_png(const fs::path& file) {
  return ::strcasecmp(file.extension().c_str(), ".png") == 0;
}

class AnnotatedSink final : public Sink {
 public:
  AnnotatedSink(fs::path folder, std::span<const std::string> names)
      : folder_(std::move(folder)), names_(names) {}

  Result<void> write(Outcome& outcome) override {
    PictureResult& result = outcome.result;
    if (result.error) {
      return {};
    }
    const fs::path file = annotated_file(folder_, outcome.entry);
    draw_detections(result.pixels, result.detections, names_);
    const auto bytes =
        encode_image(result.pixels.view(), is_png(file) ? ImageFormat::kPng : ImageFormat::kJpeg);
    if (!bytes) {
      return fail(bytes.error().code, "{}: {}", file.string(), bytes.error().message);
    }
    return write_file(file, *bytes);
  }

  Result<std::string> finish(Ending /*ending*/) override { return std::string(); }

 private:
  fs::path folder_;
  std::span<const std::string> names_;
};

}  // namespace

fs::path annotated_file(const fs::path& folder, const Entry& entry) {
  return folder /
         fs::path(entry.relative).replace_extension(is_png(entry.relative) ? ".png" : ".jpg");
}

Result<std::unique_ptr<Sink>> open_annotated(const SinkContext& context) {
  const fs::path& folder = context.options.annotated;
  if (folder.empty()) {
    return nullptr;
  }
  if (auto made = make_folders(folder); !made) {
    return tl::unexpected(std::move(made.error()));
  }
  return std::make_unique<AnnotatedSink>(folder, context.names);
}

}  // namespace yolofleet::command
