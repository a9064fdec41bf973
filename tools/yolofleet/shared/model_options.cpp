#include "shared/model_options.hpp"

#include <charconv>
#include <filesystem>
#include <system_error>
#include <utility>

#include "shared/fail.hpp"
#include "shared/validators.hpp"
#include "yolofleet/data_file.hpp"

namespace yolofleet::command {
namespace fs = std::filesystem;
namespace {

Result<LoadOptions> load_options(const ModelArguments& arguments) {
  LoadOptions options;
  options.allow_unknown_keys = arguments.allow_unknown_keys;
  options.allow_trailing_weights = arguments.allow_trailing_weights;
  if (!arguments.input_size.empty()) {
    auto size = parse_input_size(arguments.input_size);
    if (!size) {
      return tl::unexpected(std::move(size.error()));
    }
    options.input_size = *size;
  }
  return options;
}

/// A file name's extension in lower case.
std::string ending_of(const fs::path& file) {
  std::string ending = file.extension().string();
  for (char& c : ending) {
    c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return ending;
}

/// The only cfg of a folder without weights; empty if it isn't such a folder.
fs::path lone_cfg(const fs::path& folder) {
  std::error_code error;
  fs::path cfg;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    const bool is_of_macos = entry->path().filename().string().starts_with("._");
    const std::string ending = is_of_macos ? "" : ending_of(entry->path());
    if (ending == ".weights" || (ending == ".cfg" && !cfg.empty())) {
      return {};
    }
    if (ending == ".cfg") {
      cfg = entry->path();
    }
  }
  return cfg;
}

bool is_data_file(const std::string& argument) {
  std::error_code ignored;
  return (ending_of(argument) == ".data" && !fs::is_directory(argument, ignored)) ||
         DataFile::is_one(argument);
}

/// Precondition: there is a .data file, and --cfg or --weights is missing.
tl::unexpected<Error> no_network(const ModelArguments& arguments, bool weights = true) {
  const bool neither = arguments.cfg.empty() && arguments.weights.empty() && weights;
  return fail(ErrorCode::kInvalidArgument, "{}: a .data file names no network: give {}, too",
              arguments.data,
              neither                 ? "--cfg FILE and --weights FILE"
              : arguments.cfg.empty() ? "--cfg FILE"
                                      : "--weights FILE");
}

}  // namespace

void add_model_options(CLI::App& app, ModelArguments& arguments) {
  const std::string group = "Model";
  app.add_option("--cfg", arguments.cfg, "Darknet's .cfg file of the network")
      ->check(names_a("file"))
      ->type_name("FILE")
      ->group(group);
  app.add_option("--weights", arguments.weights, "Darknet's .weights file")
      ->check(names_a("file"))
      ->type_name("FILE")
      ->group(group);
  app.add_option(
         "--names", arguments.names,
         "text file with the class names, one per line; without it classes are shown as numbers")
      ->check(names_a("file"))
      ->type_name("FILE")
      ->group(group);
  app.add_option("--input-size", arguments.input_size,
                 "size of the network's input in pixels; if its layers don't fit together at this "
                 "size, the message proposes the nearest ones that do (default: the cfg's)")
      ->type_name("WxH")
      ->group(group);
  app.add_flag("--allow-unknown-keys", arguments.allow_unknown_keys,
               "warn about unknown keys in the cfg instead of refusing it")
      ->group(group);
  app.add_flag("--allow-trailing-weights", arguments.allow_trailing_weights,
               "warn about bytes after the last weight instead of refusing the file")
      ->group(group);
}

Result<void> take_model(ModelArguments& arguments, std::vector<std::string>& positional,
                        bool weights) {
  if (!positional.empty() && is_data_file(positional.front())) {
    arguments.data = positional.front();
    positional.erase(positional.begin());
    return arguments.cfg.empty() ? no_network(arguments, weights) : Result<void>();
  }
  if (arguments.cfg.empty()) {
    if (!arguments.weights.empty() || !arguments.names.empty()) {
      return fail(ErrorCode::kInvalidArgument,
                  "--weights and --names need --cfg FILE; a MODEL folder has its own files");
    }
    if (positional.empty()) {
      return fail(ErrorCode::kInvalidArgument,
                  "no model: name a folder that holds it, or give --cfg and --weights");
    }
    arguments.model = positional.front();
    positional.erase(positional.begin());
  }
  return {};
}

Result<void> check_model(const ModelArguments& arguments) {
  if (const auto options = load_options(arguments); !options) {
    return tl::unexpected(options.error());
  }
  if (!arguments.data.empty() && (arguments.cfg.empty() || arguments.weights.empty())) {
    return no_network(arguments);
  }
  if (!arguments.cfg.empty() && arguments.weights.empty()) {
    return fail(ErrorCode::kInvalidArgument, "--cfg {}: needs --weights FILE, too", arguments.cfg);
  }
  std::error_code ignored;
  const bool is_file = fs::is_regular_file(arguments.model, ignored);
  if (arguments.cfg.empty() && (is_file || !fs::exists(arguments.model, ignored))) {
    return fail(is_file ? ErrorCode::kInvalidArgument : ErrorCode::kNotFound,
                "{}: {}; the first argument is the MODEL, a folder with one .cfg, one .weights and "
                "at most one .names, or a .data file (or give --cfg and --weights)",
                arguments.model, is_file ? "is a file" : "no such folder");
  }
  return {};
}

std::vector<fs::path> files_of(const ModelArguments& arguments) {
  std::vector<fs::path> files{arguments.cfg, arguments.weights, arguments.names, arguments.data};
  if (!arguments.data.empty()) {
    const auto names = DataFile::load(arguments.data).and_then([](const DataFile& data) {
      return data.file_of("names");
    });
    files.push_back(names.value_or(fs::path()));
  }
  std::error_code error;
  if (!arguments.model.empty()) {
    fs::directory_iterator entry{arguments.model, error};
    for (; !error && entry != fs::directory_iterator{}; entry.increment(error)) {
      files.push_back(entry->path());
    }
  }
  return files;
}

Result<Model> load_model(const ModelArguments& arguments) {
  if (auto possible = check_model(arguments); !possible) {
    return tl::unexpected(std::move(possible.error()));
  }
  const LoadOptions options = load_options(arguments).value();
  if (!arguments.cfg.empty()) {
    return Model::load(
        ModelFiles{arguments.cfg, arguments.weights, arguments.names, arguments.data}, options);
  }
  return Model::load(fs::path(arguments.model), options);
}

Result<Model> load_for_inspection(const ModelArguments& arguments) {
  const auto options = load_options(arguments);
  if (!options) {
    return tl::unexpected(options.error());
  }
  std::error_code ignored;
  if (!arguments.cfg.empty() && arguments.weights.empty()) {
    return Model::load_architecture(ModelFiles{arguments.cfg, {}, arguments.names, arguments.data},
                                    *options);
  }
  if (arguments.cfg.empty()) {
    if (fs::is_regular_file(arguments.model, ignored)) {
      return Model::load_architecture(arguments.model, *options);
    }
    if (const fs::path cfg = lone_cfg(arguments.model); !cfg.empty()) {
      return Model::load_architecture(cfg, *options);
    }
  }
  return load_model(arguments);
}

Result<InputSize> parse_input_size(const std::string& text) {
  InputSize size;
  const char* const end = text.data() + text.size();
  const auto width = std::from_chars(text.data(), end, size.width);
  const bool by = width.ec == std::errc() && width.ptr != end && *width.ptr == 'x';
  if (by) {
    const auto height = std::from_chars(width.ptr + 1, end, size.height);
    if (height.ec == std::errc() && height.ptr == end && size.width > 0 && size.height > 0) {
      return size;
    }
  }
  return fail(ErrorCode::kInvalidArgument,
              "--input-size {}: isn't a width and a height in pixels, such as 608x416", text);
}

}  // namespace yolofleet::command
