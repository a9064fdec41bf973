#pragma once

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <filesystem>
#include <string>
#include <vector>

#include "yolofleet/model.hpp"

namespace yolofleet::command {

/// The arguments that name a model.
struct ModelArguments {
  std::string model;  ///< the folder; empty where --cfg is given
  std::string data;   ///< the .data file that was given as MODEL; then `model` is empty
  std::string cfg;
  std::string weights;
  std::string names;
  std::string input_size;  ///< "608x416"; empty: the cfg's
  bool allow_unknown_keys = false;
  bool allow_trailing_weights = false;
};

/// Adds --cfg, --weights, --names, --input-size and the two --allow-... to a subcommand.
void add_model_options(CLI::App& app, ModelArguments& arguments);

/// Describes MODEL, for a footer.
inline constexpr const char* kModelFooter =
    "MODEL is a folder with one .cfg, one .weights and at most one .names file; or a Darknet "
    ".data\n"
    "file, which needs --cfg and --weights, too.\n";

/// Takes MODEL off the front of the positional arguments. If --cfg names the model, only a .data
/// file is taken, whatever its name. Errors: kInvalidArgument (neither, or only a part of a model;
/// `weights`: whether they are needed).
Result<void> take_model(ModelArguments& arguments, std::vector<std::string>& positional,
                        bool weights = true);

/// Refuses arguments that `load_model` can't load, without reading a file. Errors:
/// kInvalidArgument.
Result<void> check_model(const ModelArguments& arguments);

/// The files that a model may be read from: those that are named, and all of the MODEL folder.
std::vector<std::filesystem::path> files_of(const ModelArguments& arguments);

/// Loads the model, ready to run. Errors: Model::load's, and kInvalidArgument.
Result<Model> load_model(const ModelArguments& arguments);

/// Loads the model for `inspect`: without weights where there are none. MODEL may be a .cfg
/// file, too.
Result<Model> load_for_inspection(const ModelArguments& arguments);

/// "608x416". Errors: kInvalidArgument.
Result<InputSize> parse_input_size(const std::string& text);

}  // namespace yolofleet::command
