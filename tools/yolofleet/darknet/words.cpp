#include "darknet/words.hpp"

#include <CLI/Option.hpp>
#include <algorithm>
#include <array>
#include <cctype>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <system_error>

#include "shared/darknet_options.hpp"
#include "shared/text.hpp"

namespace yolofleet::command {
namespace fs = std::filesystem;
namespace {

/// More than any .data file has.
constexpr std::uintmax_t kMostBytes = 1U << 20U;

bool is_number(const std::string& word) {
  return word.size() > 1 && (std::isdigit(static_cast<unsigned char>(word[1])) != 0);
}

std::string without_blanks(std::string text) {
  const auto is_blank = [](unsigned char letter) { return std::isspace(letter) != 0; };
  text.erase(std::remove_if(text.begin(), text.end(), is_blank), text.end());
  return text;
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
  std::error_code ignored;
  if (!fs::is_regular_file(data_file, ignored) || fs::file_size(data_file, ignored) > kMostBytes) {
    return std::nullopt;
  }
  std::ifstream file(data_file);
  std::string named = "data/train.list";
  std::string line;
  while (std::getline(file, line)) {
    line = without_blanks(line);  // Darknet's paths have none either
    if (line.starts_with("valid=")) {
      named = line.substr(line.find('=') + 1);
    }
  }
  const fs::path near_data = fs::path(data_file).parent_path() / named;
  return !fs::exists(named, ignored) && fs::exists(near_data, ignored) ? near_data.string() : named;
}

std::string label_folder_of(const std::string& picture) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kReplaced{{
      {"/images/train2017/", "/labels/train2017/"},
      {"/images/val2017/", "/labels/val2017/"},
      {"/images/train2014/", "/labels/train2014/"},
      {"/images/val2014/", "/labels/val2014/"},
      {"/JPEGImages/", "/labels/"},
  }};
  const std::size_t slash = picture.rfind('/');
  if (slash == std::string::npos) {
    return ".";
  }
  std::string folder = picture.substr(0, slash + 1);
  for (const auto& [images, labels] : kReplaced) {
    if (const std::size_t at = folder.find(images); at != std::string::npos) {
      folder.replace(at, images.size(), labels);
    }
  }
  return folder.size() > 1 ? folder.substr(0, folder.size() - 1) : folder;
}

}  // namespace yolofleet::command
