#include "input/source.hpp"

#include <fmt/format.h>
#include <strings.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <system_error>
#include <utility>

#include "shared/fail.hpp"

namespace yolofleet::command {
namespace {

struct Adapter {
  bool (*takes)(const std::string& argument);
  Result<std::unique_ptr<Source>> (*open)(const std::string& argument,
                                          const SourceContext& context);
};

// The first kind that accepts an argument opens it; the last kind accepts every argument.
constexpr std::array kAdapters{
    Adapter{is_standard_input, open_standard_input},
    Adapter{is_list, open_list},
    Adapter{is_folder, open_folder},
    Adapter{is_glob, open_glob},
    Adapter{is_file, open_file},
};

/// Pictures that the caller has already found.
class GivenSource final : public Source {
 public:
  explicit GivenSource(std::vector<Entry> entries) : entries_(std::move(entries)) {}

  std::optional<Entry> next() override {
    return place_ < entries_.size() ? std::optional(entries_[place_++]) : std::nullopt;
  }
  void rewind() override { place_ = 0; }
  std::string emptiness() const override { return "no pictures"; }

 private:
  std::vector<Entry> entries_;
  std::size_t place_ = 0;
};

constexpr std::array kPictureEndings{".jpg", ".jpeg", ".png", ".webp", ".bmp", ".jfif", ".jpe"};

}  // namespace

bool has_picture_ending(const std::filesystem::path& file) {
  const std::string ending = file.extension().string();
  return std::any_of(kPictureEndings.begin(), kPictureEndings.end(),
                     [&](const char* known) { return ::strcasecmp(known, ending.c_str()) == 0; });
}

std::string picture_endings() {
  return fmt::format("{}", fmt::join(kPictureEndings, ", "));
}

std::string shown_name(const Entry& entry) {
  return entry.frame ? fmt::format("{}#{}", entry.name, entry.frame->number) : entry.name;
}

Result<Shard> shard_of(const std::string& text) {
  constexpr std::uint64_t kExample = 4;
  Shard shard{0, 0};
  const char* const end = text.data() + text.size();
  const auto first = std::from_chars(text.data(), end, shard.index);
  if (first.ec == std::errc() && first.ptr != end && *first.ptr == '/') {
    const auto second = std::from_chars(first.ptr + 1, end, shard.count);
    if (second.ec != std::errc() || second.ptr != end) {
      shard.count = 0;
    }
  }
  if (shard.index < shard.count) {
    return shard;
  }
  const std::uint64_t parts = shard.count > 0 ? shard.count : kExample;
  return fail(ErrorCode::kInvalidArgument,
              "'{}' isn't I/N with I from 0 to N-1: the first of {} parts is 0/{}, the last {}/{}",
              text, parts, parts, parts - 1, parts);
}

Result<Inputs> Inputs::open(const std::vector<std::string>& arguments,
                            const SourceContext& context) {
  const auto reads_standard_input = [](const std::string& argument) {
    return argument == "-" || argument == "@-";
  };
  if (std::count_if(arguments.begin(), arguments.end(), reads_standard_input) > 1) {
    return fail(ErrorCode::kInvalidArgument, "standard input (-) may be given only once");
  }
  Inputs inputs;
  inputs.shard_ = context.shard;
  for (const std::string& argument : arguments) {
    if (argument.empty()) {
      return fail(ErrorCode::kInvalidArgument, "an INPUT is empty");
    }
    const auto* const adapter =
        std::find_if(kAdapters.begin(), kAdapters.end(),
                     [&](const Adapter& candidate) { return candidate.takes(argument); });
    auto source = adapter->open(argument, context);
    if (!source) {
      return tl::unexpected(std::move(source.error()));
    }
    inputs.sources_.push_back({std::move(*source), 0});
  }
  if (auto error = inputs.why_nothing()) {
    return tl::unexpected(*std::move(error));
  }
  return inputs;
}

Inputs Inputs::of(std::vector<Entry> entries) {
  Inputs inputs;
  inputs.sources_.push_back({std::make_unique<GivenSource>(std::move(entries)), 0});
  return inputs;
}

std::optional<Entry> Inputs::next() {
  while (auto entry = next_of_all()) {
    entry->number = met_++;
    const bool wanted = !pictures_only_ || entry->video.empty();
    if (wanted && entry->number % shard_.count == shard_.index) {
      return entry;
    }
  }
  return std::nullopt;
}

std::optional<Entry> Inputs::next_of_all() {
  for (; current_ < sources_.size(); ++current_) {
    if (auto entry = sources_[current_].source->next()) {
      ++sources_[current_].given;
      return entry;
    }
  }
  return std::nullopt;
}

void Inputs::rewind() {
  for (Counted& counted : sources_) {
    counted.source->rewind();
    counted.given = 0;
  }
  current_ = 0;
  met_ = 0;
}

/// The first argument's, if all have one: with a picture among them the run goes on.
std::optional<Error> Inputs::why_nothing() const {
  std::optional<Error> first;
  for (const Counted& counted : sources_) {
    auto why = counted.source->why_nothing();
    if (!why) {
      return std::nullopt;
    }
    if (!first) {
      first = std::move(why);
    }
  }
  return first;
}

std::vector<std::string> Inputs::skipped() const {
  std::vector<std::string> all;
  for (const Counted& counted : sources_) {
    if (std::string skipped = counted.source->skipped(); !skipped.empty()) {
      all.push_back(fmt::format("skipped in {} (only {} are read)", skipped, picture_endings()));
    }
  }
  return all;
}

std::string Inputs::place() const {
  std::string place = sources_[current_].source->place();
  return place.empty() ? fmt::format("INPUT {}", current_ + 1) : place;
}

std::optional<std::string> Inputs::first_empty() const {
  for (const Counted& counted : sources_) {
    if (counted.given == 0) {
      return counted.source->emptiness();
    }
  }
  return std::nullopt;
}

std::vector<std::filesystem::path> Inputs::roots() const {
  std::vector<std::filesystem::path> roots;
  for (const Counted& counted : sources_) {
    if (auto root = counted.source->root(); !root.empty()) {
      roots.push_back(std::move(root));
    }
  }
  return roots;
}

}  // namespace yolofleet::command
