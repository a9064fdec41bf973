#include "shared/habits.hpp"

#include <fmt/format.h>

#include <CLI/Option.hpp>
#include <CLI/Validators.hpp>
#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>

#include "shared/darknet_options.hpp"
#include "shared/fail.hpp"

namespace yolofleet::command {
namespace {

/// Precedes a name after "--". No argument of a program can contain it.
constexpr char kMark = '\0';

/// The dashes that text editors and web pages make of one or two hyphens.
constexpr std::array<std::string_view, 3> kTypographicDashes{"\xE2\x80\x93", "\xE2\x80\x94",
                                                             "\xE2\x88\x92"};

/// The subcommand that the words name, with its own subcommand; the program if they name none.
const CLI::App& subcommand_of(const CLI::App& app, std::span<const std::string> words) {
  const CLI::App* found = &app;
  for (const std::string& word : words) {
    const auto named = found->get_subcommands(
        [&](const CLI::App* subcommand) { return subcommand->get_name() == word; });
    if (named.empty()) {
      break;
    }
    found = named.front();
  }
  return *found;
}

bool has_option(const CLI::App& app, const std::string& option) {
  return app.get_option_no_throw(option) != nullptr;
}

/// "--confidence" of "--confidence P".
std::string option_of(std::string_view with_value) {
  return std::string(with_value.substr(0, with_value.find_first_of(" ,")));
}

/// " of `yolofleet detect`" for an option that only another subcommand has.
std::string where_else(const CLI::App& app, const CLI::App& subcommand, std::string_view ours) {
  const std::string option = option_of(ours);
  if (!ours.starts_with('-') || has_option(subcommand, option)) {
    return "";
  }
  const auto with =
      app.get_subcommands([&](const CLI::App* each) { return has_option(*each, option); });
  return with.empty() ? "" : fmt::format(" of `yolofleet {}`", with.front()->get_name());
}

std::string darknet_advice(const CLI::App& app, const CLI::App& subcommand,
                           const DarknetOption& option) {
  const bool evaluates = subcommand.get_name() == "eval" && !option.in_eval.empty();
  const std::string_view ours = evaluates ? option.in_eval : option.ours;
  if (ours.empty()) {
    return fmt::format("leave Darknet's -{} out: {}", option.name, option.note);
  }
  return fmt::format("Darknet's -{} is {}{}{}", option.name, ours,
                     where_else(app, subcommand, ours),
                     option.note.empty() ? "" : fmt::format(" ({})", option.note));
}

/// A word that begins with a dash, taken apart.
struct Word {
  std::string name;  ///< without dashes and without "=VALUE"
  bool two_dashes = false;
  bool typographic = false;
};

bool is_negative_number(const std::string& word) {
  double number = 0;
  const char* const end = word.data() + word.size();
  const auto [rest, error] = std::from_chars(word.data(), end, number);
  return error == std::errc() && rest == end && number <= 0 && std::isfinite(number);
}

/// Nothing if the word isn't written like an option.
std::optional<Word> option_word(const std::string& word) {
  const auto named = [](std::string_view rest, bool two, bool typographic) {
    return Word{std::string(rest.substr(0, rest.find('='))), two, typographic};
  };
  for (const std::string_view dash : kTypographicDashes) {
    std::error_code ignored;
    const std::string_view rest = std::string_view(word).substr(std::min(dash.size(), word.size()));
    if (word.starts_with(dash) && !rest.empty() &&
        std::isalpha(static_cast<unsigned char>(rest.front())) != 0 &&
        !std::filesystem::exists(word, ignored)) {
      return named(rest, true, true);
    }
  }
  if (word.size() < 2 || word[0] != '-') {
    return std::nullopt;
  }
  if (word[1] == '-') {
    return word.size() == 2 ? std::nullopt
                            : std::optional(named(std::string_view(word).substr(2), true, false));
  }
  if (is_negative_number(word)) {
    return std::nullopt;
  }
  return named(std::string_view(word).substr(1), false, false);
}

/// The option that a word is meant for; empty if nothing is known.
std::string advice(const CLI::App& app, const CLI::App& subcommand, const Word& word) {
  std::string name = word.name;
  std::replace(name.begin(), name.end(), '_', '-');
  if (name.size() > 1 && has_option(subcommand, "--" + name)) {
    return fmt::format("write --{}", name);
  }
  std::string darknet_name = word.name;
  std::replace(darknet_name.begin(), darknet_name.end(), '-', '_');
  if (const DarknetOption* const option = find_darknet_option(darknet_name)) {
    return darknet_advice(app, subcommand, *option);
  }
  if (const Habit* const habit = find_habit(name)) {
    return fmt::format("meant is {}{}", habit->ours, where_else(app, subcommand, habit->ours));
  }
  return "";
}

bool takes_value(const CLI::App& subcommand, const std::string& word) {
  const CLI::Option* const option =
      word.size() > 1 && word.starts_with('-') ? subcommand.get_option_no_throw(word) : nullptr;
  return option != nullptr && option->get_items_expected_min() > 0;
}

/// The complaint about one word; nothing if the word is right, or is left to CLI11.
std::optional<std::string> complaint(const CLI::App& app, const CLI::App& subcommand,
                                     const std::string& text) {
  const auto word = option_word(text);
  if (!word) {
    return std::nullopt;
  }
  const bool one_letter = !word->two_dashes && text.size() == 2;
  const std::string as_ours = (word->two_dashes ? "--" : "-") + word->name;
  if (!word->typographic && (word->two_dashes || one_letter) && has_option(subcommand, as_ours)) {
    return std::nullopt;
  }
  std::string meant = advice(app, subcommand, *word);
  const std::string letter = "-" + word->name.substr(0, 1);
  if (meant.empty() && !word->two_dashes && !one_letter && takes_value(subcommand, letter)) {
    const std::string value = text.substr(text[2] == '=' ? 3 : 2);
    meant = fmt::format("one dash is for one letter: write {} {}", letter, value);
  }
  if (word->typographic) {
    meant = "it begins with a long dash" + (meant.empty() ? meant : "; " + meant);
  }
  if (meant.empty() && (word->two_dashes || one_letter)) {
    return std::nullopt;
  }
  if (meant.empty()) {
    meant =
        "one dash is for one letter, two are for a word; a file of this name is written ./" + text;
  }
  return fmt::format("'{}' isn't an option: {}", text, meant);
}

}  // namespace

Result<std::vector<std::string>> checked_words(const CLI::App& app,
                                               std::span<const std::string> words) {
  const CLI::App& subcommand = subcommand_of(app, words);
  const auto end = std::find(words.begin(), words.end(), "--");
  std::vector<std::string> complaints;
  for (auto word = words.begin(); word != end; ++word) {
    if (auto wrong = complaint(app, subcommand, *word)) {
      complaints.push_back(*std::move(wrong));
    }
  }
  if (!complaints.empty()) {
    return fail(ErrorCode::kInvalidArgument, "{}", fmt::join(complaints, "; "));
  }
  std::vector<std::string> checked(words.begin(), end);
  if (end == words.end()) {
    return checked;
  }
  if (!checked.empty() && takes_value(subcommand, checked.back())) {
    return fail(ErrorCode::kInvalidArgument, "{}: its value is missing before --", checked.back());
  }
  for (auto name = std::next(end); name != words.end(); ++name) {
    checked.push_back(name->size() > 1 && name->starts_with('-') ? kMark + *name : *name);
  }
  return checked;
}

void unmark_names(CLI::App& app) {
  const auto unmark = [](std::string& name) {
    if (name.starts_with(kMark)) {
      name.erase(0, 1);
    }
    return std::string();
  };
  for (CLI::Option* const option :
       app.get_options([](CLI::Option* each) { return each->get_positional(); })) {
    option->transform(CLI::Validator(unmark, ""));
  }
  for (CLI::App* const subcommand : app.get_subcommands([](CLI::App*) { return true; })) {
    unmark_names(*subcommand);
  }
}

}  // namespace yolofleet::command
