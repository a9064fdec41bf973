// A text file that names one picture a line, as Darknet's lists do: relative paths start at the
// current folder, not at the list's.
#include <algorithm>
#include <utility>

#include "input/lines.hpp"
#include "input/no_picture.hpp"
#include "input/source.hpp"
#include "input/video_name.hpp"
#include "shared/fail.hpp"
#include "yolofleet/data_file.hpp"

namespace yolofleet::command {
namespace fs = std::filesystem;
namespace {

fs::path absolute_folder(const fs::path& working, const std::string& line) {
  return (working / line).lexically_normal().parent_path();
}

/// The deepest folder that all files of a list lie below. Leaves `lines` at the first.
fs::path common_folder(const fs::path& working, Lines& lines) {
  std::optional<fs::path> common;
  while (const auto line = lines.next()) {
    if (is_stream_name(*line)) {
      continue;
    }
    const fs::path folder = absolute_folder(working, *line);
    if (!common) {
      common = folder;
      continue;
    }
    const auto [end, ignored] =
        std::mismatch(common->begin(), common->end(), folder.begin(), folder.end());
    if (end == common->end()) {
      continue;
    }
    fs::path shared;
    for (auto name = common->begin(); name != end; ++name) {
      shared /= *name;
    }
    common = std::move(shared);
  }
  lines.rewind();
  return common.value_or(working);
}

class ListSource final : public Source {
 public:
  ListSource(std::string argument, std::unique_ptr<Lines> lines, bool videos)
      : argument_(std::move(argument)),
        videos_(videos),
        lines_(std::move(lines)),
        working_(fs::current_path()),
        common_(common_folder(working_, *lines_)) {}

  std::optional<Entry> next() override {
    const auto line = lines_->next();
    if (!line) {
      return std::nullopt;
    }
    const bool video = videos_ && names_a_video(*line);
    if (video && is_stream_name(*line)) {
      return video_entry(*line, stream_file_name(*line));
    }
    const std::string name = shown_video_name(*line);
    const fs::path whole = (working_ / name).lexically_normal();
    fs::path relative = whole.lexically_relative(common_);
    if (relative.empty() || *relative.begin() == "..") {
      relative = whole.filename();  // the list changed since
    }
    if (video) {
      return video_entry(*line, std::move(relative));
    }
    return Entry{name, std::move(relative), why_no_picture(*line), false};
  }
  void rewind() override { lines_->rewind(); }
  std::string emptiness() const override { return argument_ + ": the list names no picture"; }
  std::string place() const override {
    return fmt::format("{}:{}", argument_.substr(1), lines_->number());
  }

 private:
  std::string argument_;
  bool videos_;
  std::unique_ptr<Lines> lines_;
  fs::path working_;
  fs::path common_;
};

}  // namespace

bool is_list(const std::string& argument) {
  return argument.front() == '@';
}

Result<std::unique_ptr<Source>> open_list(const std::string& argument,
                                          const SourceContext& context) {
  const std::string file = argument.substr(1);
  if (file.empty()) {
    return fail(ErrorCode::kInvalidArgument, "@: the name of the list is missing (@list.txt)");
  }
  if (DataFile::is_one(file)) {
    return fail(
        ErrorCode::kInvalidArgument,
        "{}: {} is a Darknet .data file, not a list of pictures; it is given as MODEL, with "
        "--cfg and --weights",
        argument, file);
  }
  auto lines = open_lines(file, context.stop_descriptor);
  if (!lines) {
    return tl::unexpected(std::move(lines).error());
  }
  return std::make_unique<ListSource>(argument, *std::move(lines), context.videos);
}

}  // namespace yolofleet::command
