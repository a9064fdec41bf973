// A text file that names one picture a line, as Darknet's lists do: relative paths start at the
// current folder, not at the list's.
#include <algorithm>
#include <cstddef>
#include <string_view>
#include <utility>

#include "fail.hpp"
#include "input/read.hpp"
#include "input/source.hpp"

namespace yolofleet::command {
namespace fs = std::filesystem;
namespace {

/// Takes the next line that isn't blank off `text`; empty at the end.
std::string_view next_line(std::string_view& text) {
  for (;;) {
    text.remove_prefix(std::min(text.find_first_not_of('\n'), text.size()));
    if (text.empty()) {
      return {};
    }
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    while (!line.empty() && line.back() == '\r') {
      line.remove_suffix(1);
    }
    if (line.find_first_not_of(" \t") != std::string_view::npos) {
      return line;
    }
  }
}

/// Long lines are refused before any is taken apart, which takes many times their memory.
Result<void> check_lines(std::string_view text, const std::string& file) {
  std::string_view rest = text;
  while (rest.size() > kMaxPathBytes) {
    const std::size_t end = rest.substr(0, kMaxPathBytes + 1).rfind('\n');
    if (end == std::string_view::npos) {
      const std::string_view before = text.substr(0, text.size() - rest.size());
      return fail(ErrorCode::kTooLarge, "{}:{}: a path of {} bytes; at most {} are allowed", file,
                  1 + std::count(before.begin(), before.end(), '\n'),
                  std::min(rest.find('\n'), rest.size()), kMaxPathBytes);
    }
    rest.remove_prefix(end + 1);
  }
  return {};
}

fs::path absolute_folder(const fs::path& working, std::string_view line) {
  return (working / line).lexically_normal().parent_path();
}

/// The deepest folder that all files of a list lie below.
fs::path common_folder(const fs::path& working, std::string_view text) {
  std::string_view line = next_line(text);
  fs::path common = absolute_folder(working, line);
  for (line = next_line(text); !line.empty(); line = next_line(text)) {
    const fs::path folder = absolute_folder(working, line);
    const auto [end, ignored] =
        std::mismatch(common.begin(), common.end(), folder.begin(), folder.end());
    fs::path shared;
    for (auto name = common.begin(); name != end; ++name) {
      shared /= *name;
    }
    common = std::move(shared);
  }
  return common;
}

class ListSource final : public Source {
 public:
  ListSource(std::string argument, std::string text)
      : argument_(std::move(argument)),
        text_(std::move(text)),
        rest_(text_),
        working_(fs::current_path()),
        common_(common_folder(working_, text_)) {}

  std::optional<Entry> next() override {
    const std::string_view line = next_line(rest_);
    if (line.empty()) {
      return std::nullopt;
    }
    const fs::path whole = (working_ / line).lexically_normal();
    return Entry{std::string(line), whole.lexically_relative(common_), std::nullopt, false};
  }
  void rewind() override { rest_ = text_; }
  std::string emptiness() const override { return argument_ + ": the list names no picture"; }

 private:
  std::string argument_;
  std::string text_;
  std::string_view rest_;
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
  const auto bytes = read_file(file, context.stop_descriptor);
  if (!bytes) {
    return tl::unexpected(bytes.error());
  }
  std::string text;
  text.reserve(bytes->size());
  for (const std::byte byte : *bytes) {
    text.push_back(static_cast<char>(byte));
  }
  if (text.find('\0') != std::string::npos) {
    return fail(ErrorCode::kMalformed,
                "{}: holds a zero byte, so it isn't a text file with one picture's path a line",
                file);
  }
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (text.rfind(kByteOrderMark, 0) == 0) {
    text.erase(0, kByteOrderMark.size());
  }
  if (auto good = check_lines(text, file); !good) {
    return tl::unexpected(std::move(good.error()));
  }
  return std::make_unique<ListSource>(argument, std::move(text));
}

}  // namespace yolofleet::command
