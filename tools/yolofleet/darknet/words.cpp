#include "darknet/words.hpp"

#include <strings.h>

#include <CLI/Option.hpp>
#include <algorithm>
#include <cctype>
#include <charconv>
#include <filesystem>
#include <system_error>
#include <utility>

#include "eval/labels.hpp"
#include "input/source.hpp"
#include "input/video_name.hpp"
#include "shared/darknet_options.hpp"
#include "shared/habits.hpp"
#include "shared/text.hpp"
#include "yolofleet/data_file.hpp"

namespace yolofleet::command {
namespace {

bool is_number(const std::string& word) {
  double ignored = 0;
  const char* const end = word.data() + word.size();
  const auto [rest, error] = std::from_chars(word.data(), end, ignored);
  return error == std::errc() && rest == end;
}

std::string name_of_option(const std::string& word) {
  std::string name = word.substr(0, word.find('='));
  name.erase(0, std::min(name.find_first_not_of('-'), name.size()));
  return name;
}

/// An option of the subcommand; `value`: that which belongs to it, if the word alone says it.
struct OurOption {
  std::string name;
  std::string value;
};

/// The option that a word with a dash is, or that is meant by it: "--conf" by "--confidence",
/// "--fp16" by "--precision fp16"; '_' counts as '-'.
std::optional<OurOption> our_option(const std::string& word, const CLI::App& subcommand) {
  std::string written = word.substr(0, word.find('='));
  std::replace(written.begin(), written.end(), '_', '-');
  if (subcommand.get_option_no_throw(written) != nullptr) {
    return OurOption{written, ""};
  }
  const Habit* const habit = word.starts_with("--") ? find_habit(written.substr(2)) : nullptr;
  if (habit == nullptr || !habit->ours.starts_with("--")) {
    return std::nullopt;
  }
  const std::string meant = option_of(habit->ours);
  if (subcommand.get_option_no_throw(meant) == nullptr) {
    return std::nullopt;
  }
  // Names of values are in capitals: P, LIST, WxH.
  const std::string_view rest = habit->ours.substr(std::min(meant.size() + 1, habit->ours.size()));
  const bool is_value = !rest.empty() && std::islower(static_cast<unsigned char>(rest[0])) != 0 &&
                        rest.find(' ') == std::string_view::npos;
  return OurOption{meant, is_value ? std::string(rest) : ""};
}

/// Whether the word is an option of another program whose value is an INPUT here, as "--source" is.
bool names_inputs(const std::string& word) {
  const Habit* const habit = word.starts_with("--") ? find_habit(name_of_option(word)) : nullptr;
  return habit != nullptr && habit->ours.starts_with("an INPUT");
}

/// Sorts words, from the first to the last.
class Sorter {
 public:
  Sorter(std::span<const std::string> words, const CLI::App& subcommand)
      : words_(words), subcommand_(subcommand) {}

  DarknetWords sort() {
    while (!words_.empty()) {
      const std::string word = take();
      if (word.size() < 2 || word.front() != '-' || is_number(word)) {
        sorted_.names.push_back(word);
      } else {
        sort_option(word);
      }
    }
    return std::move(sorted_);
  }

 private:
  std::string take() {
    std::string word = words_.front();
    words_ = words_.subspan(1);
    return word;
  }

  void sort_option(const std::string& word) {
    // "-nms" for "--nms": a word of one dash can be of any length in Darknet.
    const std::string two_dashes = word.starts_with("--") ? word : "-" + word;
    if (const auto own = our_option(word, subcommand_)) {
      add_ours(word, *own);
    } else if (const DarknetOption* const option = find_darknet_option(name_of_option(word))) {
      const bool valued = option->takes_value && !words_.empty();
      sorted_.options.emplace_back(option->name, valued ? take() : "");
    } else if (const auto meant = our_option(two_dashes, subcommand_)) {
      add_ours(two_dashes, *meant);
    } else if (!names_inputs(two_dashes)) {
      const bool valued = !words_.empty() && is_number(words_.front());
      sorted_.unknown.push_back(valued ? word + " " + take() : word);
    }
  }

  /// Adds the option of a word, with its value.
  void add_ours(const std::string& word, const OurOption& option) {
    std::vector<std::string>& ours = sorted_.ours;
    const std::size_t equals = word.find('=');
    ours.push_back(equals == std::string::npos ? option.name : option.name + word.substr(equals));
    if (!option.value.empty()) {
      ours.push_back(option.value);
    } else if (equals == std::string::npos && !words_.empty() &&
               subcommand_.get_option(option.name)->get_items_expected_min() > 0) {
      ours.push_back(take());
    }
  }

  std::span<const std::string> words_;
  const CLI::App& subcommand_;
  DarknetWords sorted_;
};

}  // namespace

std::optional<std::string> DarknetWords::option(std::string_view name) const {
  const auto found = std::find_if(options.begin(), options.end(),
                                  [&](const auto& option) { return option.first == name; });
  return found == options.end() ? std::nullopt : std::optional(found->second);
}

bool ends_in(const std::string& name, const std::string& ending) {
  return name.size() > ending.size() &&
         ::strcasecmp(name.c_str() + name.size() - ending.size(), ending.c_str()) == 0;
}

bool names_a_list(const std::string& name) {
  return ends_in(name, ".txt") || ends_in(name, ".list");
}

ModelWords model_words(std::span<const std::string> names, bool names_data) {
  ModelWords model;
  const auto take = [&]() -> std::optional<std::string> {
    return model.count < names.size() ? std::optional(names[model.count++]) : std::nullopt;
  };
  if (names_data && !names.empty() && !ends_in(names[0], ".cfg")) {
    model.data = take();
  }
  model.cfg = take();
  const std::string next = model.count < names.size() ? names[model.count] : "";
  if (!has_picture_ending(next) && !names_a_video(next) && !names_a_list(next)) {
    model.weights = take();
  }
  return model;
}

DarknetWords darknet_words(std::span<const std::string> words, const CLI::App& subcommand) {
  return Sorter(words, subcommand).sort();
}

std::string devices_here(const std::string& numbers) {
  std::string devices;
  for (const std::string& number : split_list(numbers)) {
    devices += (devices.empty() ? "" : ",") +
               (number.starts_with('-') ? std::string("cpu") : "cuda:" + number);
  }
  return devices;
}

std::optional<std::string> valid_list_of(const std::string& data_file) {
  const auto data = DataFile::load(data_file);
  if (!data) {
    return std::nullopt;
  }
  const DataEntry* const valid = data->find("valid");
  const std::string named = valid != nullptr ? valid->value : "data/train.list";
  return data->locate(named).value_or(named).string();
}

std::string label_folder_of(const std::string& picture) {
  const std::filesystem::path folder = label_files(picture).front().parent_path();
  return folder.empty() ? "." : folder.string();
}

}  // namespace yolofleet::command
