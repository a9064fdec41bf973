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
#include "shared/shell_words.hpp"
#include "yolofleet/edit_distance.hpp"

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

/// "did you mean --devices LIST of `yolofleet detect` (GPU 1 is cuda:1)?"
std::string did_you_mean(std::string_view meant, std::string_view where = "",
                         std::string_view note = "") {
  return fmt::format("did you mean {}{}{}?", meant, where,
                     note.empty() ? "" : fmt::format(" ({})", note));
}

std::string darknet_advice(const CLI::App& app, const CLI::App& subcommand,
                           const DarknetOption& option) {
  const bool evaluates = subcommand.get_name() == "eval" && !option.in_eval.empty();
  const std::string_view ours = evaluates ? option.in_eval : option.ours;
  return ours.empty() ? fmt::format("leave it out ({})", option.note)
                      : did_you_mean(ours, where_else(app, subcommand, ours), option.note);
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
  return word.starts_with('-') && error == std::errc() && rest == end && std::isfinite(number);
}

bool begins_like_a_negative_number(const std::string& word) {
  return word.size() > 1 && word[0] == '-' &&
         (word[1] == '.' || std::isdigit(static_cast<unsigned char>(word[1])) != 0);
}

/// Nothing if the word isn't written like an option. Precondition: it isn't a negative number.
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
  return named(std::string_view(word).substr(1), false, false);
}

/// The long options of a subcommand, without dashes.
std::vector<std::string> long_options(const CLI::App& subcommand) {
  std::vector<std::string> names;
  for (const CLI::Option* const option : subcommand.get_options()) {
    names.insert(names.end(), option->get_lnames().begin(), option->get_lnames().end());
  }
  return names;
}

std::vector<std::string> subcommand_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* const each : app.get_subcommands([](const CLI::App*) { return true; })) {
    names.push_back(each->get_name());
  }
  return names;
}

/// In lower case, with '-' for '_'.
std::string as_ours(std::string name) {
  std::transform(name.begin(), name.end(), name.begin(), [](unsigned char letter) {
    return letter == '_' ? '-' : static_cast<char>(std::tolower(letter));
  });
  return name;
}

/// The advice about an option of this name; empty if no program is known to have it.
std::string known_advice(const CLI::App& app, const CLI::App& subcommand, std::string name) {
  name = as_ours(std::move(name));
  if (name.size() > 1 && has_option(subcommand, "--" + name)) {
    return did_you_mean("--" + name);
  }
  const std::vector<std::string> subcommands = subcommand_names(subcommand);
  if (std::find(subcommands.begin(), subcommands.end(), name) != subcommands.end()) {
    return did_you_mean(name, "", "a subcommand has no dash");
  }
  std::string darknet_name = name;
  std::replace(darknet_name.begin(), darknet_name.end(), '-', '_');
  if (const DarknetOption* const option = find_darknet_option(darknet_name)) {
    return darknet_advice(app, subcommand, *option);
  }
  const Habit* const habit = find_habit(name);
  if (habit == nullptr) {
    return "";
  }
  return habit->ours.starts_with("--")
             ? did_you_mean(habit->ours, where_else(app, subcommand, habit->ours))
             : std::string(habit->ours);
}

/// The option that a word is meant for; empty if nothing is known.
std::string advice(const CLI::App& app, const CLI::App& subcommand, const Word& word) {
  if (std::string known = known_advice(app, subcommand, word.name); !known.empty()) {
    return known;
  }
  // "-thresh0.3"
  const std::string name = word.name.substr(0, word.name.find_last_not_of("0123456789.,") + 1);
  if (std::string known = known_advice(app, subcommand, name); !known.empty()) {
    return known;
  }
  const std::string near =
      word.two_dashes ? near_name(as_ours(word.name), long_options(subcommand)) : "";
  return near.empty() ? near : did_you_mean("--" + near);
}

bool takes_value(const CLI::App& subcommand, const std::string& word) {
  const CLI::Option* const option =
      word.size() > 1 && word.starts_with('-') ? subcommand.get_option_no_throw(word) : nullptr;
  return option != nullptr && option->get_items_expected_min() > 0;
}

/// "yolofleet cache list --help"
std::string help_of(const CLI::App& subcommand) {
  std::string help = "--help";
  for (const CLI::App* at = &subcommand; at->get_parent() != nullptr; at = at->get_parent()) {
    help.insert(0, at->get_name() + " ");
  }
  return "yolofleet " + help;
}

/// The advice about a word with one dash and several letters that stands for no known option.
std::string one_dash_advice(const CLI::App& subcommand, const std::string& text, const Word& word) {
  const std::string letter = "-" + word.name.substr(0, 1);
  if (takes_value(subcommand, letter)) {
    const std::string value = text.substr(text[2] == '=' ? 3 : 2);
    return fmt::format("one dash is for one letter: write {} {}", letter,
                       value.empty() ? "and its value as the next word" : value);
  }
  return fmt::format(
      "one dash is for one letter, two are for a word (a file of this name is written ./{})", text);
}

/// The complaint about one word; nothing if the word is right, or is left to CLI11. `of`: the
/// option before it, which takes it for its value, else empty.
std::optional<std::string> complaint(const CLI::App& app, const CLI::App& subcommand,
                                     const std::string& text, const std::string& of) {
  const bool is_value = !of.empty();
  if (is_value && begins_like_a_negative_number(text)) {
    return std::nullopt;  // the option says what its values are
  }
  if (is_negative_number(text)) {
    return fmt::format("unknown option {0}: a file of this name is written ./{0}", text);
  }
  const auto word = option_word(text);
  if (!word) {
    return std::nullopt;
  }
  const bool one_letter = !word->two_dashes && text.size() == 2;
  const std::string written = (word->two_dashes ? "--" : "-") + word->name;
  if (!word->typographic && (word->two_dashes || one_letter) && has_option(subcommand, written)) {
    return is_value
               ? std::optional(fmt::format("{}: its value is missing before {} (a file of this "
                                           "name is written ./{})",
                                           of, written, written))
               : std::nullopt;
  }
  std::string meant = advice(app, subcommand, *word);
  if (meant.empty() && !word->two_dashes && !one_letter) {
    meant = one_dash_advice(subcommand, text, *word);
  }
  if (meant.empty() && is_value && !word->typographic) {
    return std::nullopt;
  }
  return fmt::format(
      "unknown option {}{}{}", shell_quoted(text),
      word->typographic ? ", which begins with a long dash" : "",
      meant.empty() ? fmt::format(" (see `{}`)", help_of(subcommand)) : ": " + meant);
}

/// The complaints about all words before "--"; empty if there are none.
std::string complaints_about(const CLI::App& app, const CLI::App& subcommand,
                             std::span<const std::string> words) {
  std::string complaints;
  std::string of;           // the option before that takes the word for its value
  bool of_unknown = false;  // the word before is an unknown option, perhaps with a value
  for (const std::string& word : words) {
    if (of_unknown && is_negative_number(word)) {
      of_unknown = false;
      of.clear();
      continue;
    }
    const auto wrong = complaint(app, subcommand, word, of);
    of = (of.empty() || wrong) && takes_value(subcommand, word) ? word : "";
    of_unknown = wrong.has_value();
    if (wrong) {
      complaints += complaints.empty() ? "" : complaints.ends_with('?') ? " " : "; ";
      complaints += *wrong;
    }
  }
  return complaints;
}

}  // namespace

std::string option_of(std::string_view with_value) {
  return std::string(with_value.substr(0, with_value.find_first_of(" ,")));
}

Result<std::vector<std::string>> checked_words(const CLI::App& app,
                                               std::span<const std::string> words) {
  const CLI::App& subcommand = subcommand_of(app, words);
  const auto end = std::find(words.begin(), words.end(), "--");
  const std::string complaints = complaints_about(app, subcommand, {words.begin(), end});
  if (!complaints.empty()) {
    return fail(ErrorCode::kInvalidArgument, "{}", complaints);
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

std::string near_name(std::string_view word, std::span<const std::string> names) {
  constexpr std::size_t kMostEdits = 3;
  const std::size_t allowed = std::min(kMostEdits, std::max<std::size_t>(1, word.size() / 3));
  std::string nearest;
  std::size_t fewest = allowed + 1;
  std::vector<std::string> longer;
  for (const std::string& name : names) {
    if (const std::size_t edits = edit_distance(word, name); edits < fewest) {
      nearest = name;
      fewest = edits;
    }
    if (word.size() > 2 && name.starts_with(word)) {
      longer.push_back(name);
    }
  }
  return nearest.empty() && longer.size() == 1 ? longer.front() : nearest;
}

std::string near_subcommand(const CLI::App& app, std::string_view word) {
  const std::string near = near_name(word, subcommand_names(app));
  return near.empty() ? near : did_you_mean(near);
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
