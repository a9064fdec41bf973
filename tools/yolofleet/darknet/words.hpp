#pragma once

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace yolofleet::command {

/// The arguments of Darknet, taken apart as Darknet does it: options may stand anywhere.
struct DarknetWords {
  std::vector<std::string> names;  ///< DATA, CFG, WEIGHTS and the picture
  /// Name without the dash, and value; the value is empty for a flag.
  std::vector<std::pair<std::string, std::string>> options;
  std::vector<std::string> ours;  ///< yolofleet's options and their values
  /// Words with a dash that neither program knows, each with the number after it.
  std::vector<std::string> unknown;

  /// The value of an option; "" for a flag that is given; nothing if the option isn't given.
  std::optional<std::string> option(std::string_view name) const;
};

/// The names that stand for the files of the model.
struct ModelWords {
  std::optional<std::string> data;
  std::optional<std::string> cfg;
  std::optional<std::string> weights;
  std::size_t count = 0;  ///< of these
};

/// Of the first names: DATA if `names_data`, CFG and WEIGHTS. The first isn't DATA if it ends in
/// .cfg; the one after CFG isn't WEIGHTS if it ends like a picture, a video or a list.
ModelWords model_words(std::span<const std::string> names, bool names_data);

/// Whether the name ends so, in any case; and has more than the ending.
bool ends_in(const std::string& name, const std::string& ending);

/// Whether the name ends like a list of pictures: .txt or .list.
bool names_a_list(const std::string& name);

/// `subcommand` has the options that count as yolofleet's.
DarknetWords darknet_words(std::span<const std::string> words, const CLI::App& subcommand);

/// The value of --devices for the numbers of -i or -gpus: "cuda:0,cuda:2" for "0,2", "cpu" for
/// "-1".
std::string devices_here(const std::string& numbers);

/// The file that a .data file names as its list of pictures (`valid`), looked for from the current
/// folder and then from the .data file's own; "data/train.list", Darknet's default, if it names
/// none, and nothing if it can't be read.
std::optional<std::string> valid_list_of(const std::string& data_file);

/// The folder in which Darknet writes the label file of a picture: that of the first of
/// `label_files`.
std::string label_folder_of(const std::string& picture);

}  // namespace yolofleet::command
