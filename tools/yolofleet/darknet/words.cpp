#include "darknet/words.hpp"

#include <CLI/Option.hpp>
#include <algorithm>
#include <cctype>
#include <filesystem>

#include "eval/labels.hpp"
#include "shared/darknet_options.hpp"
#include "shared/text.hpp"
#include "yolofleet/data_file.hpp"

namespace yolofleet::command {
namespace {

bool is_number(const std::string& word) {
  return word.size() > 1 && (std::isdigit(static_cast<unsigned char>(word[1])) != 0);
}

}  // namespace

std::optional<std::string> DarknetWords::option(std::string_view name) const {
  const auto found = std::find_if(options.begin(), options.end(),
                                  [&](const auto& option) { return option.first == name; });
  return found == options.end() ? std::nullopt : std::optional(found->second);
}

std::string DarknetWords::name(std::size_t place, const std::string& otherwise) const {
  return place < names.size() ? names[place] : otherwise;
}

DarknetWords darknet_words(std::span<const std::string> words, const CLI::App& subcommand) {
  DarknetWords taken;
  for (auto word = words.begin(); word != words.end(); ++word) {
    const bool more = std::next(word) != words.end();
    if (word->size() < 2 || word->front() != '-' || is_number(*word)) {
      taken.names.push_back(*word);
    } else if (const CLI::Option* const own =
                   subcommand.get_option_no_throw(word->substr(0, word->find('=')))) {
      taken.ours.push_back(*word);
      if (own->get_items_expected_min() > 0 && word->find('=') == std::string::npos && more) {
        taken.ours.push_back(*++word);
      }
    } else if (const DarknetOption* const option = find_darknet_option(word->substr(1))) {
      taken.options.emplace_back(option->name, option->takes_value && more ? *++word : "");
    } else {
      taken.unknown.push_back(*word);
    }
  }
  return taken;
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
