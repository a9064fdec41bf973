#include "eval/labels.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <system_error>
#include <utility>

#include "input/lines.hpp"
#include "input/read.hpp"
#include "shared/fail.hpp"
#include "shared/text.hpp"

namespace yolofleet::command {
namespace fs = std::filesystem;
namespace {

using Folders = std::pair<std::string_view, std::string_view>;
// In Darknet's order. Of each, the first occurrence is replaced.
constexpr std::array<Folders, 5> kFolders{{{"/images/train2017/", "/labels/train2017/"},
                                           {"/images/val2017/", "/labels/val2017/"},
                                           {"/JPEGImages/", "/labels/"},
                                           {"/images/train2014/", "/labels/train2014/"},
                                           {"/images/val2014/", "/labels/val2014/"}}};

fs::path with_label_ending(std::string path) {
  return fs::path(std::move(path)).replace_extension(".txt");
}

/// Reads numbers as fscanf does with %d and %f.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  int line() const noexcept { return line_; }
  bool at_end() const noexcept { return text_.empty(); }
  bool at_blank() const noexcept {
    return !text_.empty() && kBlanks.find(text_.front()) != std::string_view::npos;
  }
  /// At LF or CR: old programs of the Mac end lines with CR alone.
  bool at_line_end() const noexcept { return text_.starts_with('\n') || text_.starts_with('\r'); }
  std::string_view rest_of_line() const { return text_.substr(0, text_.find_first_of("\r\n")); }

  void skip_blanks() {
    while (at_blank()) {
      skip_blanks_in_line();
      if (at_line_end()) {
        text_.remove_prefix(text_.starts_with("\r\n") ? 2 : 1);
        ++line_;
      }
    }
  }
  void skip_blanks_in_line() {
    while (at_blank() && !at_line_end()) {
      text_.remove_prefix(1);
    }
  }

  /// Nothing, and stays where it is, if no number begins here.
  template <typename Number>
  std::optional<Number> read() {
    const std::size_t plus = text_.starts_with('+') ? 1 : 0;
    Number number{};
    const char* const end = text_.data() + text_.size();
    const auto [rest, error] = std::from_chars(text_.data() + plus, end, number);
    if (error != std::errc()) {
      return std::nullopt;
    }
    text_.remove_prefix(static_cast<std::size_t>(rest - text_.data()));
    return number;
  }

 private:
  static constexpr std::string_view kBlanks = " \t\n\v\f\r";
  std::string_view text_;
  int line_ = 1;
};

class LabelReader {
 public:
  LabelReader(std::string_view text, const fs::path& file) : scanner_(text) { labels_.file = file; }

  Result<Labels> read() {
    for (scanner_.skip_blanks(); !scanner_.at_end(); scanner_.skip_blanks()) {
      const auto box = next_box();
      if (!box) {
        return tl::unexpected(box.error());
      }
      if (!*box) {
        break;
      }
      labels_.boxes.push_back(**box);
    }
    return std::move(labels_);
  }

 private:
  /// Nothing where Darknet stops reading.
  Result<std::optional<LabelledBox>> next_box() {
    constexpr std::size_t kNumbers = 4;
    const int line = scanner_.line();
    const std::string_view text = scanner_.rest_of_line();
    const auto class_id = scanner_.read<int>();
    if (!class_id) {
      return text.starts_with(kByteOrderMark)
                 ? stop(line, "", "begins with a byte order mark (save it as UTF-8 without one)")
                 : stop(line, text, "isn't the number of a class");
    }
    std::array<float, kNumbers> numbers{};
    bool as_it_looks = true;
    for (float& number : numbers) {
      as_it_looks &= scanner_.at_blank();
      scanner_.skip_blanks();
      as_it_looks &= scanner_.line() == line;
      const auto value = scanner_.read<double>();
      if (!value) {
        return scanner_.at_end() ? stop(line, text, "the file ends within an object")
                                 : stop(scanner_.line(), scanner_.rest_of_line(), "isn't a number");
      }
      number = static_cast<float>(*value);
    }
    if (!as_it_looks) {
      return fail(ErrorCode::kMalformed,
                  "{}:{}: {}: isn't a whole number and four numbers (class x y width height), and "
                  "Darknet would misread it",
                  labels_.file.string(), line, shortened(text));
    }
    if (!ends_line()) {
      return fail(ErrorCode::kMalformed,
                  "{}:{}: {}: has more than the five columns class x y width height; Darknet would "
                  "misread it",
                  labels_.file.string(), line, shortened(text));
    }
    const LabelledBox box{*class_id, line, numbers[0], numbers[1], numbers[2], numbers[3]};
    note_impossible(box, text);
    return box;
  }

  bool ends_line() {
    scanner_.skip_blanks_in_line();
    return scanner_.rest_of_line().empty();
  }

  void note_impossible(const LabelledBox& box, std::string_view text) {
    const auto is_part = [](float value) { return value >= 0 && value <= 1; };
    const bool possible = is_part(box.center_x) && is_part(box.center_y) && is_part(box.width) &&
                          is_part(box.height) && box.width > 0 && box.height > 0;
    if (possible || ++labels_.impossible > 1) {
      return;
    }
    labels_.first_impossible =
        fmt::format("{}:{}: {}", labels_.file.string(), box.line, shortened(text));
  }

  std::optional<LabelledBox> stop(int line, std::string_view text, std::string_view why) {
    labels_.unread =
        fmt::format("{}:{}: {}{}{}: like Darknet, yolofleet reads no further",
                    labels_.file.string(), line, shortened(text), text.empty() ? "" : ": ", why);
    return std::nullopt;
  }

  Scanner scanner_;
  Labels labels_;
};

}  // namespace

std::vector<fs::path> label_files(const fs::path& picture) {
  std::string darknet = picture.string();
  for (const auto& [images, labels] : kFolders) {
    if (const std::size_t place = darknet.find(images); place != std::string::npos) {
      darknet.replace(place, images.size(), labels);
    }
  }
  std::vector<fs::path> files{with_label_ending(std::move(darknet))};
  constexpr std::string_view kImages = "/images/";
  std::string plain{"/"};  // so that a leading "images/" counts, too
  plain.append(picture.string());
  if (const std::size_t place = plain.rfind(kImages); place != std::string::npos) {
    plain.replace(place, kImages.size(), "/labels/");
    fs::path file = with_label_ending(plain.substr(1));
    if (file != files.front()) {
      files.push_back(std::move(file));
    }
  }
  return files;
}

Result<Labels> parse_labels(std::string_view text, const fs::path& file) {
  return LabelReader(text, file).read();
}

Result<std::optional<Labels>> read_labels(const fs::path& picture) {
  for (const fs::path& file : label_files(picture)) {
    std::error_code ignored;
    if (const fs::file_status kind = fs::status(file, ignored);
        fs::exists(kind) && !fs::is_regular_file(kind) && !fs::is_directory(kind)) {
      return fail(ErrorCode::kIo, "{}: can't be read: it isn't a regular file", file.string());
    }
    const auto bytes = read_file(file, -1, kMaxLabelBytes);
    if (!bytes && bytes.error().code == ErrorCode::kNotFound) {
      continue;
    }
    if (!bytes) {
      return tl::unexpected(bytes.error());
    }
    return parse_labels({reinterpret_cast<const char*>(bytes->data()), bytes->size()}, file)
        .map([](Labels&& labels) { return std::optional(std::move(labels)); });
  }
  return std::nullopt;
}

}  // namespace yolofleet::command
