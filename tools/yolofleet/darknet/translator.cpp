#include "darknet/translator.hpp"

#include <fmt/format.h>

#include <CLI/Validators.hpp>
#include <algorithm>
#include <charconv>
#include <system_error>
#include <utility>

#include "input/video_name.hpp"
#include "shared/darknet_options.hpp"
#include "shared/shell_words.hpp"
#include "shared/text.hpp"

namespace yolofleet::command {
namespace {

/// Allows a list of whole numbers, as -gpus has.
CLI::Validator gpu_numbers() {
  return CLI::Validator(
      [](const std::string& list) {
        for (const std::string& word : split_list(list)) {
          int number = 0;
          const char* const end = word.data() + word.size();
          const auto [rest, error] = std::from_chars(word.data(), end, number);
          if (error != std::errc() || rest != end) {
            return fmt::format("'{}' isn't the number of a GPU", word);
          }
        }
        return std::string();
      },
      "");
}

}  // namespace

Translator::Translator(const CLI::App& app, std::string program, const std::string& subcommand,
                       std::span<const std::string> rest, bool names_data)
    : words_(darknet_words(rest, *app.get_subcommand(subcommand))),
      names_data_(names_data),
      model_(model_words(words_.names, names_data)),
      command_{std::move(program), subcommand} {}

void Translator::add_model(bool needs_data) {
  std::vector<std::string> missing;
  const auto given = [&](const std::optional<std::string>& name, const char* capitals) {
    if (!name) {
      missing.emplace_back(capitals);
    }
    return name.value_or(capitals);
  };
  const bool without_data = !model_.data && model_.cfg && !needs_data;
  if (names_data_ && !without_data) {
    add({given(model_.data, "DATA")});
  }
  add({"--cfg", given(model_.cfg, "CFG")});
  add({"--weights", given(model_.weights, "WEIGHTS")});
  if (names_data_ && without_data) {
    note("there is no .data file: classes are numbers; --names FILE has their names");
  }
  if (!missing.empty()) {
    note(fmt::format("these files are missing: {}", fmt::join(missing, ", ")));
  }
}

std::optional<std::string> Translator::use(const std::string& darknet) {
  used_.insert(darknet);
  return words_.option(darknet);
}

std::optional<std::string> Translator::value(const std::string& darknet,
                                             const CLI::Validator& allowed) {
  auto given = use(darknet);
  if (!given) {
    return std::nullopt;
  }
  const std::string wrong = given->empty() ? "its value is missing" : allowed(*given);
  if (wrong.empty()) {
    return given;
  }
  note(fmt::format("-{} is left out: {}", darknet, wrong));
  return std::nullopt;
}

void Translator::add_value(const std::string& darknet, const std::string& ours,
                           const CLI::Validator& allowed) {
  if (const auto given = value(darknet, allowed)) {
    add({ours, *given});
  }
}

void Translator::add_if(const std::string& darknet, std::initializer_list<std::string> words) {
  if (use(darknet)) {
    add(words);
  }
}

void Translator::add_precision() {
  const bool is_given =
      std::any_of(words_.ours.begin(), words_.ours.end(),
                  [](const std::string& word) { return word.starts_with("--precision"); });
  if (!is_given) {
    add({"--precision", "fp32"});
  }
}

void Translator::add_devices() {
  const auto several = value("gpus", gpu_numbers());
  const auto one = value("i", gpu_numbers());
  if (use("nogpu")) {
    add({"--devices", "cpu"});
  } else if (several || one) {
    add({"--devices", devices_here(several ? *several : *one)});
  }
}

Translation Translator::finish() {
  command_.insert(command_.end(), words_.ours.begin(), words_.ours.end());
  bool secret = false;
  for (std::string& word : command_) {
    std::string shown = shown_video_name(word);
    secret = secret || shown != word;
    word = std::move(shown);
  }
  if (secret) {
    note("the user and the password of the address aren't repeated here");
  }
  add_notes();
  return {"", shell_line(command_), std::move(notes_)};
}

void Translator::add_notes() {
  for (const auto& [name, value] : words_.options) {
    if (used_.count(name) > 0) {
      continue;
    }
    const DarknetOption& option = *find_darknet_option(name);
    note(fmt::format(
        "-{} is left out: {}", name,
        option.ours.empty() ? std::string(option.note) : std::string("it has no effect here")));
  }
  for (const std::string& word : words_.unknown) {
    note(fmt::format("{} is left out: neither Darknet nor yolofleet has such an option", word));
  }
}

}  // namespace yolofleet::command
