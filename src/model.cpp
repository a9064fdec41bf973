#include "yolofleet/model.hpp"

#include <fmt/format.h>

#include <utility>

#include "base/fail.hpp"
#include "darknet/cfg.hpp"
#include "darknet/file_kind.hpp"
#include "darknet/names.hpp"
#include "darknet/weights.hpp"
#include "graph/fold_batch_normalization.hpp"
#include "graph/network.hpp"
#include "model_files.hpp"
#include "yolofleet/data_file.hpp"

namespace yolofleet {

struct Model::State {
  graph::Network network;
  std::vector<std::string> names;
  std::vector<std::string> warnings;
  bool has_weights = false;
};

namespace {

namespace fs = std::filesystem;

/// The names of the names file, or else the numbers of the classes.
Result<std::vector<std::string>> names_of(const fs::path& file, int classes) {
  if (!file.empty()) {
    return darknet::read_names(file, classes);
  }
  std::vector<std::string> numbers;
  numbers.reserve(static_cast<std::size_t>(classes));
  for (int i = 0; i < classes; ++i) {
    numbers.push_back(std::to_string(i));
  }
  return numbers;
}

/// The names file: the one that is named, else that of the .data file. Checks the number of classes
/// of the .data file.
Result<fs::path> names_file_of(const ModelFiles& files, int classes,
                               std::vector<std::string>& warnings) {
  if (files.data.empty()) {
    return files.names;
  }
  auto data = DataFile::load(files.data);
  if (!data) {
    return tl::unexpected(std::move(data).error());
  }
  warnings.insert(warnings.end(), data->warnings.begin(), data->warnings.end());
  if (data->classes && *data->classes != classes) {
    return base::fail(ErrorCode::kMismatch,
                      "{}:{}: classes={}, but the network of {} has {} classes",
                      files.data.string(), data->find("classes")->line, *data->classes,
                      files.cfg.string(), classes);
  }
  return files.names.empty() ? data->file_of("names") : files.names;
}

/// The error of a cfg that can't be read. If cfg and weights were swapped, it says so.
Error cfg_error(const ModelFiles& files, Error error) {
  if (darknet::kind_of_file(files.cfg) == darknet::FileKind::kWeights &&
      darknet::kind_of_file(files.weights) == darknet::FileKind::kCfg) {
    error.message = fmt::format("{} is {}, and {} is {}: the two are swapped", files.cfg.string(),
                                darknet::called(darknet::FileKind::kWeights),
                                files.weights.string(), darknet::called(darknet::FileKind::kCfg));
  }
  return error;
}

HeadInfo head_info(std::size_t index, const graph::Layer& layer, const graph::Shape& input) {
  const auto& head = std::get<graph::Head>(layer.operation);
  std::vector<graph::Anchor> anchors = head.anchors;
  if (head.kind == graph::HeadKind::kRegion) {  // in cells
    for (auto& [width, height] : anchors) {
      width *= static_cast<float>(input.width) / static_cast<float>(layer.output.width);
      height *= static_cast<float>(input.height) / static_cast<float>(layer.output.height);
    }
  }
  return {.layer = static_cast<int>(index),
          .rows = layer.output.height,
          .columns = layer.output.width,
          .stride = (2 * input.width + layer.output.width) / (2 * layer.output.width),
          .classes = head.classes,
          .anchors = std::move(anchors)};
}

tl::unexpected<Error> with_warnings(Error error, std::vector<std::string>&& warnings) {
  error.warnings = std::move(warnings);
  return tl::unexpected(std::move(error));
}

}  // namespace

Result<void> Model::read_architecture(const ModelFiles& files, const LoadOptions& options,
                                      State& state) {
  auto network = darknet::read_cfg(files.cfg, options, state.warnings);
  if (!network) {
    return tl::unexpected(cfg_error(files, std::move(network).error()));
  }
  state.network = std::move(*network);
  const int classes = state.network.class_count();
  auto names = names_file_of(files, classes, state.warnings).and_then([&](const fs::path& file) {
    return names_of(file, classes);
  });
  if (!names) {
    return tl::unexpected(std::move(names).error());
  }
  state.names = std::move(*names);
  return {};
}

Result<void> Model::read_all(const ModelFiles& files, const LoadOptions& options, State& state) {
  // The names before the weights: they are read quickly, and the weights may be large.
  if (auto read = read_architecture(files, options, state); !read) {
    return read;
  }
  if (auto read = darknet::read_weights(files.weights, state.network,
                                        options.allow_trailing_weights, state.warnings);
      !read) {
    return read;
  }
  if (auto folded = graph::fold_batch_normalization(state.network); !folded) {
    return base::fail(folded.error().code, "{}: {}", files.weights.string(),
                      folded.error().message);
  }
  state.has_weights = true;
  return {};
}

Model::Model(std::shared_ptr<const State> state) : state_(std::move(state)) {}

Result<Model> Model::load(const ModelFiles& files, const LoadOptions& options) {
  auto state = std::make_shared<State>();
  if (auto read = read_all(files, options, *state); !read) {
    return with_warnings(std::move(read).error(), std::move(state->warnings));
  }
  return Model{std::move(state)};
}

Result<Model> Model::load(const std::filesystem::path& folder, const LoadOptions& options) {
  return model_files_of(folder).and_then(
      [&](const ModelFiles& files) { return load(files, options); });
}

Result<Model> Model::load_architecture(const ModelFiles& files, const LoadOptions& options) {
  auto state = std::make_shared<State>();
  if (auto read = read_architecture(files, options, *state); !read) {
    return with_warnings(std::move(read).error(), std::move(state->warnings));
  }
  return Model{std::move(state)};
}

Result<Model> Model::load_architecture(const fs::path& cfg, const LoadOptions& options) {
  return load_architecture(ModelFiles{cfg, {}, {}}, options);
}

const std::string& Model::name() const noexcept {
  return state_->network.name();
}

InputSize Model::input_size() const noexcept {
  const graph::Shape input = state_->network.input();
  return {input.width, input.height};
}

int Model::input_channels() const noexcept {
  return state_->network.input().channels;
}

int Model::class_count() const noexcept {
  return state_->network.class_count();
}

std::span<const std::string> Model::names() const noexcept {
  return state_->names;
}

bool Model::is_hidden(int class_id) const noexcept {
  return state_->names[static_cast<std::size_t>(class_id)].starts_with("dont_show");
}

bool Model::letterbox() const noexcept {
  return state_->network.letterbox();
}

std::span<const std::string> Model::warnings() const noexcept {
  return state_->warnings;
}

std::vector<LayerInfo> Model::layers() const {
  std::vector<LayerInfo> rows;
  for (const graph::Layer& layer : state_->network.layers()) {
    rows.push_back({.index = static_cast<int>(rows.size()),
                    .line = layer.line,
                    .kind = std::string{kind_of(layer.operation)},
                    .notes = describe(layer.operation),
                    .input_channels = layer.input.channels,
                    .input_height = layer.input.height,
                    .input_width = layer.input.width,
                    .output_channels = layer.output.channels,
                    .output_height = layer.output.height,
                    .output_width = layer.output.width,
                    .parameters = layer.parameters,
                    .flops = layer.flops});
  }
  return rows;
}

std::vector<HeadInfo> Model::heads() const {
  const graph::Network& network = state_->network;
  std::vector<HeadInfo> rows;
  for (const std::size_t index : network.heads()) {
    rows.push_back(head_info(index, network.layers()[index], network.input()));
  }
  return rows;
}

std::int64_t Model::parameters() const noexcept {
  return state_->network.parameters();
}

std::int64_t Model::flops() const noexcept {
  return state_->network.flops();
}

bool Model::has_weights() const noexcept {
  return state_->has_weights;
}

const graph::Network& Model::network() const noexcept {
  return state_->network;
}

}  // namespace yolofleet
