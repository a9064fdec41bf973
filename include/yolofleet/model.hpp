#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "yolofleet/error.hpp"
#include "yolofleet/export.hpp"

namespace yolofleet {

namespace graph {
class Network;
}

/// Width and height of a network's input, in pixels.
struct InputSize {
  int width = 0;
  int height = 0;

  friend bool operator==(const InputSize&, const InputSize&) = default;
};

/// The three files that Darknet makes a model of.
struct ModelFiles {
  std::filesystem::path cfg;
  std::filesystem::path weights;
  std::filesystem::path names;  ///< empty: classes are called by their numbers
};

struct LoadOptions {
  /// Instead of the cfg's width and height. Both must be multiples of the network's largest stride.
  std::optional<InputSize> input_size;
  /// An unknown key is a warning instead of an error.
  bool allow_unknown_keys = false;
  /// Bytes left over at the end of the weights are a warning instead of an error.
  bool allow_trailing_weights = false;
};

/// A row of `Model::layers`, as Darknet prints it at its start.
struct LayerInfo {
  int index = 0;      ///< from 0, as [route] and [shortcut] count
  int line = 0;       ///< of the section in the cfg, from 1
  std::string kind;   ///< the cfg's section: "convolutional", "yolo" ...
  std::string notes;  ///< what is particular: "64 3x3/2 mish", "layers 3,-1", "mask 0,1,2"
  int input_channels = 0;
  int input_height = 0;
  int input_width = 0;
  int output_channels = 0;
  int output_height = 0;
  int output_width = 0;
  std::int64_t parameters = 0;  ///< floats of this layer in the weights file
  std::int64_t flops = 0;       ///< for one picture; a multiply-add counts as two
};

/// Where a network gives boxes.
struct HeadInfo {
  int layer = 0;    ///< index of the [yolo], [Gaussian_yolo] or [region] section
  int rows = 0;     ///< cells from top to bottom
  int columns = 0;  ///< cells from left to right
  int stride = 0;   ///< pixels of the input from a cell to the next
  int classes = 0;
  std::vector<std::array<float, 2>> anchors;  ///< width and height, in pixels of the input
};

/// A detector as Darknet files describe it, checked, with its batch normalisation folded in.
/// Immutable and cheap to copy (copies share one network); may be used from several threads.
class YOLOFLEET_API Model {
 public:
  /// Reads the three files. Errors name file, line, section, key, the value met and what is
  /// allowed: kNotFound, kIo, kMalformed, kUnsupported, kMismatch (weights or names of another
  /// model), kTooLarge.
  static Result<Model> load(const ModelFiles& files, const LoadOptions& options = {});

  /// A folder with exactly one .cfg, one .weights and at most one .names. Errors: as above, and
  /// kNotFound or kMismatch when there are fewer or more of them.
  static Result<Model> load(const std::filesystem::path& folder, const LoadOptions& options = {});

  /// As `load`, but without weights: shapes, parameters and FLOPs only. Such a model can't be run.
  static Result<Model> load_architecture(const std::filesystem::path& cfg,
                                         const LoadOptions& options = {});

  const std::string& name() const noexcept;  ///< the cfg's file name without its ending
  InputSize input_size() const noexcept;
  int input_channels() const noexcept;  ///< 1 or 3
  int class_count() const noexcept;
  /// One a class; their numbers where no names file was given.
  std::span<const std::string> names() const noexcept;
  /// The cfg says letter_box=1.
  bool letterbox() const noexcept;
  /// What was accepted but deserves a look, one line each.
  std::span<const std::string> warnings() const noexcept;

  std::vector<LayerInfo> layers() const;
  std::vector<HeadInfo> heads() const;
  std::int64_t parameters() const noexcept;  ///< floats in the weights file, header not counted
  std::int64_t flops() const noexcept;       ///< for one picture; a multiply-add counts as two
  bool has_weights() const noexcept;

  /// For the library itself.
  const graph::Network& network() const noexcept;

 private:
  struct State;
  explicit Model(std::shared_ptr<const State> state);
  std::shared_ptr<const State> state_;
};

}  // namespace yolofleet
