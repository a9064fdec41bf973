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

/// The files of a Darknet model.
struct ModelFiles {
  std::filesystem::path cfg;
  std::filesystem::path weights;
  std::filesystem::path names;  ///< empty: that of `data`, else each class is named by its number
  /// A .data file (DataFile), which names the names file and must have the network's number of
  /// `classes`. Empty: none.
  std::filesystem::path data = {};
};

/// How strictly a model is read, and at which input size.
struct LoadOptions {
  /// Replaces the cfg's width and height. The layers must fit together at this size; if they don't,
  /// the error proposes the nearest sizes at which they do.
  std::optional<InputSize> input_size;
  /// An unknown key is a warning instead of an error.
  bool allow_unknown_keys = false;
  /// Bytes left over at the end of the weights are a warning instead of an error.
  bool allow_trailing_weights = false;
};

/// One layer of a network, as a row of the table that Darknet prints when it loads a cfg.
struct LayerInfo {
  int index = 0;      ///< from 0; [route] and [shortcut] count layers the same way
  int line = 0;       ///< where its section begins in the cfg, from 1
  std::string kind;   ///< name of its section: "convolutional", "yolo" ...
  std::string notes;  ///< the layer's options: "64 3x3/2 mish", "layers 3,-1", "mask 0,1,2"
  int input_channels = 0;
  int input_height = 0;
  int input_width = 0;
  int output_channels = 0;
  int output_height = 0;
  int output_width = 0;
  std::int64_t parameters = 0;  ///< number of this layer's floats in the weights file
  std::int64_t flops = 0;       ///< for one picture; a multiply-add counts as two
};

/// A head: a layer whose values become boxes.
struct HeadInfo {
  int layer = 0;    ///< index of the [yolo], [Gaussian_yolo] or [region] section
  int rows = 0;     ///< number of cells from top to bottom
  int columns = 0;  ///< number of cells from left to right
  int stride = 0;   ///< pixels of the input from one cell to the next, rounded
  int classes = 0;
  std::vector<std::array<float, 2>> anchors;  ///< width and height, in pixels of the input
};

/// A network that was read from Darknet's files and checked, with the names of its classes and,
/// unless load_architecture read it, its weights. Batch normalisation is folded into the
/// convolutions. Immutable, and cheap to copy: copies share one network. Thread-safe.
class YOLOFLEET_API Model {
 public:
  /// Reads the files. Errors name the file, line, section, key, the value found and what is
  /// allowed: kNotFound, kIo, kMalformed, kUnsupported, kMismatch (weights, names or
  /// `classes` of another model), kTooLarge (over a limit, see docs/limits.md, or no memory). An
  /// error has the warnings about what was read before it.
  static Result<Model> load(const ModelFiles& files, const LoadOptions& options = {});

  /// Reads the files of a folder that has exactly one .cfg, one .weights and at most one .names; if
  /// it has no .names but a classes.txt, that has the names. Upper and lower case don't matter.
  /// Errors: as above; kNotFound if a file is missing, kMismatch if there are several of a kind.
  static Result<Model> load(const std::filesystem::path& folder, const LoadOptions& options = {});

  /// Reads everything but the weights: layers, shapes, parameters, FLOPs and, if they are given,
  /// names. A model without weights can't be run. Errors: as above.
  static Result<Model> load_architecture(const ModelFiles& files, const LoadOptions& options = {});

  /// The same for a cfg alone.
  static Result<Model> load_architecture(const std::filesystem::path& cfg,
                                         const LoadOptions& options = {});

  const std::string& name() const noexcept;  ///< the cfg's file name without its ending
  InputSize input_size() const noexcept;
  int input_channels() const noexcept;  ///< 1 or 3
  int class_count() const noexcept;
  /// One name for each class: from the names file, else the class's number.
  std::span<const std::string> names() const noexcept;
  /// Whether the class's name begins with "dont_show", as in Darknet (src/image.c): a Detector
  /// leaves its detections out unless Options says otherwise. Precondition: 0 <= class_id <
  /// class_count().
  bool is_hidden(int class_id) const noexcept;
  /// Whether the cfg has letter_box=1.
  bool letterbox() const noexcept;
  /// Warnings about accepted parts of the files that may be mistakes; one line each.
  std::span<const std::string> warnings() const noexcept;

  std::vector<LayerInfo> layers() const;     ///< in the cfg's order
  std::vector<HeadInfo> heads() const;       ///< in the cfg's order
  std::int64_t parameters() const noexcept;  ///< floats in the weights file, without its header
  std::int64_t flops() const noexcept;       ///< for one picture; a multiply-add counts as two
  bool has_weights() const noexcept;

  /// Internal: not part of the public interface.
  const graph::Network& network() const noexcept;

 private:
  struct State;
  explicit Model(std::shared_ptr<const State> state);
  /// These two fill `state`; after an error it has the warnings up to there.
  static Result<void> read_architecture(const ModelFiles& files, const LoadOptions& options,
                                        State& state);
  static Result<void> read_all(const ModelFiles& files, const LoadOptions& options, State& state);
  std::shared_ptr<const State> state_;
};

}  // namespace yolofleet
