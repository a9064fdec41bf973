// The arguments that stand for one picture or video: a file, an address, a camera, and standard
// input.
#include <utility>

#include "input/no_picture.hpp"
#include "input/source.hpp"
#include "input/video_name.hpp"

namespace yolofleet::command {
namespace {

class SingleSource final : public Source {
 public:
  explicit SingleSource(Entry entry) : entry_(std::move(entry)) {}

  std::optional<Entry> next() override {
    return std::exchange(given_, true) ? std::nullopt : std::optional(entry_);
  }
  void rewind() override { given_ = false; }
  std::string emptiness() const override { return entry_.name + ": no picture"; }
  std::optional<Error> why_nothing() const override { return entry_.error; }

 private:
  Entry entry_;
  bool given_ = false;
};

}  // namespace

bool is_standard_input(const std::string& argument) {
  return argument == "-";
}

Result<std::unique_ptr<Source>> open_standard_input(const std::string& argument,
                                                    const SourceContext& /*context*/) {
  return std::make_unique<SingleSource>(Entry{argument, "stdin", std::nullopt, true});
}

bool is_file(const std::string& /*argument*/) {
  return true;
}

Result<std::unique_ptr<Source>> open_file(const std::string& argument,
                                          const SourceContext& context) {
  if (context.videos && names_a_video(argument)) {
    return std::make_unique<SingleSource>(video_entry(
        argument, is_stream_name(argument) ? stream_file_name(argument)
                                           : std::filesystem::path(argument).filename()));
  }
  const std::string shown = shown_video_name(argument);
  return std::make_unique<SingleSource>(
      Entry{shown, std::filesystem::path(shown).filename(), why_no_picture(argument), false});
}

}  // namespace yolofleet::command
