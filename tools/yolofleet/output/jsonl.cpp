#include "output/jsonl.hpp"

#include <fmt/format.h>

#include <utility>

#include "output/output_file.hpp"
#include "shared/text.hpp"

namespace yolofleet::command {
namespace {

class JsonlSink final : public Sink {
 public:
  JsonlSink(OutputFile file, std::span<const std::string> names)
      : file_(std::move(file)), names_(names) {}

  Result<void> write(Outcome& outcome) override {
    return file_.append(jsonl_line(outcome, names_));
  }

  Result<std::string> finish(Ending ending) override {
    if (ending == Ending::kComplete) {
      return file_.commit().map([] { return std::string(); });
    }
    return file_.keep_partial().map(
        [this] { return file_.size() > 0 ? file_.partial().string() : std::string(); });
  }

 private:
  OutputFile file_;
  std::span<const std::string> names_;
};

}  // namespace

std::string jsonl_line(const Outcome& outcome, std::span<const std::string> names) {
  const PictureResult& result = outcome.result;
  const Entry& entry = outcome.entry;
  std::string line = fmt::format(R"({{"index":{},"{}":{})", outcome.index,
                                 entry.video.empty() ? "image" : "source", json_string(entry.name));
  if (entry.frame) {
    line +=
        fmt::format(R"(,"frame":{},"seconds":{:.3f})", entry.frame->number, entry.frame->seconds);
  }
  if (result.error) {
    return line +
           fmt::format(R"(,"error":{{"code":"{}","message":{}}}}})", to_string(result.error->code),
                       json_string(result.error->message)) +
           '\n';
  }
  line += fmt::format(R"(,"width":{},"height":{})", result.width, result.height);
  for (const auto& [key, count] : {std::pair{"detections_cut", result.detections_cut},
                                   {"candidates_dropped", result.candidates_dropped}}) {
    if (count > 0) {
      line += fmt::format(R"(,"{}":{})", key, count);
    }
  }
  line += R"(,"detections":[)";
  const char* separator = "";
  for (const Detection& found : result.detections) {
    line +=
        fmt::format(R"({}{{"class_id":{},"label":{},"confidence":{},"box":[{},{},{},{}]}})",
                    std::exchange(separator, ","), found.class_id,
                    json_string(class_label(names, found.class_id)), json_number(found.confidence),
                    json_number(found.box.x), json_number(found.box.y),
                    json_number(found.box.width), json_number(found.box.height));
  }
  return line + "]}\n";
}

Result<std::unique_ptr<Sink>> open_jsonl(const SinkContext& context) {
  if (context.options.output.empty()) {
    return nullptr;
  }
  auto file = OutputFile::open(context.options.output);
  if (!file) {
    return tl::unexpected(std::move(file.error()));
  }
  return std::make_unique<JsonlSink>(std::move(*file), context.names);
}

}  // namespace yolofleet::command
