#pragma once

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <cstddef>
#include <initializer_list>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "darknet/translate.hpp"
#include "darknet/words.hpp"

namespace yolofleet::command {

/// Builds a command of ours from Darknet's words, and keeps in mind which of Darknet's options it
/// has used.
class Translator {
 public:
  /// `rest`: the words without Darknet's function. `names_data`: a .data file comes before the cfg.
  Translator(const CLI::App& app, std::string program, const std::string& subcommand,
             std::span<const std::string> rest, bool names_data = true);

  const ModelWords& model() const { return model_; }
  /// The names after those of the model.
  std::span<const std::string> pictures() const {
    return std::span(words_.names).subspan(model_.count);
  }

  void add(std::initializer_list<std::string> words) {
    command_.insert(command_.end(), words.begin(), words.end());
  }
  void note(std::string text) { notes_.push_back(std::move(text)); }

  /// The files of the model. A file that wasn't given is a word in capitals, and a note says so.
  /// The .data file is left out where one isn't named or, unless `needs_data`, isn't given.
  void add_model(bool needs_data = false);

  /// Whether Darknet's option is given; its value, or "" for a flag.
  std::optional<std::string> use(const std::string& darknet);
  /// The value of Darknet's option. Nothing if the option isn't given, or if `allowed` refuses its
  /// value; a note says so then.
  std::optional<std::string> value(const std::string& darknet, const CLI::Validator& allowed);

  /// Adds `ours` with the `value` of Darknet's option, if there is one.
  void add_value(const std::string& darknet, const std::string& ours,
                 const CLI::Validator& allowed);
  /// Adds words if Darknet's option is given.
  void add_if(const std::string& darknet, std::initializer_list<std::string> words);
  /// Adds the precision that Darknet's figures are in, unless --precision is given.
  void add_precision();
  /// Adds --devices for -i, -gpus and -nogpu.
  void add_devices();

  /// The command and the notes.
  Translation finish();

 private:
  /// A note for each option that isn't in the command.
  void add_notes();

  DarknetWords words_;
  bool names_data_;
  ModelWords model_;
  std::vector<std::string> command_;
  std::vector<std::string> notes_;
  std::set<std::string> used_;
};

}  // namespace yolofleet::command
