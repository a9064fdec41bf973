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

#include "input/read.hpp"
#include "shared/fail.hpp"

namespace yolofleet::command {
namespace {

constexpr std::size_t kPieceBytes = std::size_t{1} << 16U;

/// The lines of a stream that can be read again.
class StreamLines final : public Lines {
 public:
  explicit StreamLines(std::unique_ptr<std::istream> stream) : stream_(std::move(stream)) {}

  std::optional<std::string> next() override {
    std::string line;
    while (std::getline(*stream_, line)) {
      ++number_;
      if (std::exchange(at_begin_, false) && line.starts_with(kByteOrderMark)) {
        line.erase(0, kByteOrderMark.size());
      }
      line.erase(line.find_last_not_of('\r') + 1);
      if (line.find_first_not_of(" \t") != std::string::npos) {
        return line;
      }
    }
    return std::nullopt;
  }

  std::size_t number() const override { return number_; }

  void rewind() override {
    stream_->clear();
    stream_->seekg(0);
    at_begin_ = true;
    number_ = 0;
  }

 private:
  std::unique_ptr<std::istream> stream_;
  bool at_begin_ = true;
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
      const std::size_t end = std::min(piece.find('\n'), piece.size());
      length_ += end;
      if (end == piece.size()) {
        break;
      }
      if (auto good = finish(); !good) {
        return good;
      }
      ++number_;
      length_ = 0;
      piece.remove_prefix(end + 1);
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
