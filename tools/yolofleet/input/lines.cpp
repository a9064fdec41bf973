#include "input/lines.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "input/read.hpp"
#include "shared/fail.hpp"

namespace yolofleet::command {
namespace {

constexpr std::size_t kPieceBytes = std::size_t{1} << 16U;

constexpr std::string_view kLineBlanks = " \t\v\f";

/// Cuts a text, which comes in pieces, into lines that end with LF, CR or both.
class Cutter {
 public:
  struct Cut {
    std::string_view text;
    bool ended = false;  ///< a line end came after it
  };

  /// Takes a line, or its part in this piece, from the front of the piece. Precondition: the piece
  /// isn't empty.
  Cut cut(std::string_view& piece) {
    if (std::exchange(after_cr_, false) && piece.starts_with('\n')) {
      piece.remove_prefix(1);
    }
    const std::size_t end = std::min(piece.find_first_of("\r\n"), piece.size());
    const Cut taken{piece.substr(0, end), end < piece.size()};
    after_cr_ = taken.ended && piece[end] == '\r';
    piece.remove_prefix(taken.ended ? end + 1 : end);
    return taken;
  }

 private:
  bool after_cr_ = false;
};

/// The line without blanks at its ends, unless a file has that very name. Precondition: the line
/// isn't blank.
std::string path_of_line(const std::string& line) {
  const std::size_t first = line.find_first_not_of(kLineBlanks);
  std::string inner = line.substr(first, line.find_last_not_of(kLineBlanks) + 1 - first);
  std::error_code ignored;
  return inner.size() < line.size() && std::filesystem::exists(line, ignored) ? line : inner;
}

/// The lines of a stream that can be read again.
class StreamLines final : public Lines {
 public:
  explicit StreamLines(std::unique_ptr<std::istream> stream) : stream_(std::move(stream)) {}

  std::optional<std::string> next() override {
    std::string line;
    while (read_line(line)) {
      ++number_;
      if (number_ == 1 && line.starts_with(kByteOrderMark)) {
        line.erase(0, kByteOrderMark.size());
      }
      if (line.find_first_not_of(kLineBlanks) != std::string::npos) {
        return path_of_line(line);
      }
    }
    return std::nullopt;
  }

  std::size_t number() const override { return number_; }

  void rewind() override {
    stream_->clear();
    stream_->seekg(0);
    rest_ = {};
    cutter_ = {};
    number_ = 0;
  }

 private:
  /// False at the end of the stream.
  bool read_line(std::string& line) {
    line.clear();
    for (;;) {
      if (rest_.empty()) {
        stream_->read(piece_.data(), static_cast<std::streamsize>(piece_.size()));
        rest_ = {piece_.data(), static_cast<std::size_t>(stream_->gcount())};
      }
      if (rest_.empty()) {
        return !line.empty();
      }
      const Cutter::Cut cut = cutter_.cut(rest_);
      line += cut.text;
      if (cut.ended) {
        return true;
      }
    }
  }

  std::unique_ptr<std::istream> stream_;
  std::vector<char> piece_ = std::vector<char>(kPieceBytes);
  std::string_view rest_;  // of the piece
  Cutter cutter_;
  std::size_t number_ = 0;
};

/// Checks a list piece by piece, so that a long line is refused before it takes memory.
class Check {
 public:
  explicit Check(const std::string& file) : file_(file) {}

  /// Errors: kMalformed, kTooLarge.
  Result<void> take(std::string_view piece) {
    if (piece.find('\0') != std::string_view::npos) {
      return fail(ErrorCode::kMalformed,
                  "{}: holds a zero byte, so it isn't a text file with one picture's path a line",
                  file_);
    }
    while (!piece.empty()) {
      const Cutter::Cut cut = cutter_.cut(piece);
      length_ += cut.text.size();
      if (!cut.ended) {
        break;
      }
      if (auto good = finish(); !good) {
        return good;
      }
      ++number_;
      length_ = 0;
    }
    return {};
  }

  /// Checks the current line at its end. Errors: kTooLarge.
  Result<void> finish() const {
    if (length_ > kMaxPathBytes) {
      return fail(ErrorCode::kTooLarge, "{}:{}: a path of {} bytes; at most {} are allowed", file_,
                  number_, length_, kMaxPathBytes);
    }
    return {};
  }

 private:
  const std::string& file_;
  Cutter cutter_;
  std::size_t number_ = 1;
  std::size_t length_ = 0;
};

Result<std::unique_ptr<Lines>> checked(std::unique_ptr<std::istream> stream,
                                       const std::string& file) {
  Check check{file};
  std::array<char, kPieceBytes> piece{};
  while (stream->read(piece.data(), piece.size()), stream->gcount() > 0) {
    const auto good = check.take({piece.data(), static_cast<std::size_t>(stream->gcount())});
    if (!good) {
      return tl::unexpected(good.error());
    }
  }
  if (auto good = check.finish(); !good) {
    return tl::unexpected(std::move(good).error());
  }
  auto lines = std::make_unique<StreamLines>(std::move(stream));
  lines->rewind();
  return lines;
}

}  // namespace

Result<std::unique_ptr<Lines>> open_lines(const std::string& file, int stop_descriptor) {
  std::error_code ignored;
  if (file != "-" && std::filesystem::is_regular_file(file, ignored)) {
    auto stream = std::make_unique<std::ifstream>(file, std::ios::binary);
    if (*stream) {
      return checked(std::move(stream), file);
    }
  }
  const auto bytes = read_file(file, stop_descriptor);  // says why, if it can't be read
  if (!bytes) {
    return tl::unexpected(bytes.error());
  }
  std::string text;
  text.reserve(bytes->size());
  for (const std::byte byte : *bytes) {
    text.push_back(static_cast<char>(byte));
  }
  return checked(std::make_unique<std::istringstream>(std::move(text)), file);
}

}  // namespace yolofleet::command
