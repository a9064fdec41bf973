#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "verify/compare.hpp"
#include "verify/pictures.hpp"
#include "yolofleet/detector.hpp"
#include "yolofleet/device.hpp"
#include "yolofleet/raw_heads.hpp"

namespace yolofleet::command {

/// A device in one of its precisions.
struct VerifyLane {
  std::string device;        ///< "cuda:0", "cpu:4"
  std::string precision;     ///< "fp16"
  bool head_engine = false;  ///< comparing its heads takes an engine of their own
};

/// The lane that all others are compared with.
VerifyLane reference_lane();

/// The lanes to compare: each device in each of `precisions` that it supports; if `precisions` is
/// empty, in each precision that it supports. Errors: kUnsupported (a precision that no device
/// supports).
Result<std::vector<VerifyLane>> lanes_to_verify(std::span<const ChosenDevice> devices,
                                                const std::vector<std::string>& precisions);

/// The result of one lane.
struct VerifyResult {
  VerifyLane lane;
  std::string description;     ///< the device's own; empty if it couldn't be opened
  std::optional<Error> error;  ///< set: it failed, and the members below are unset
  AllowedDifference allowed;
  DetectionSums sums;
  std::vector<Pair> worst;       ///< differ by more than is allowed, the largest differences first
  std::vector<float> heads;      ///< the worst error of each head; empty: not compared
  bool finite = true;            ///< all inputs of its heads; true if not compared
  bool reference_finite = true;  ///< likewise
  std::size_t full = 0;          ///< pictures with a list that was cut, so less was compared
  float confidence = 0;          ///< the highest threshold for these pictures; 0: there are none
  Verdict verdict = Verdict::kNotCompared;
};

/// Whether a stop was requested.
using Stopped = std::function<bool()>;

/// Runs the same pixels on the reference and on other lanes.
class Verifier {
 public:
  /// Runs the reference. `options`: the options of all lanes; its devices and precision are
  /// ignored. `stopped` is called between pictures. `model` and `pictures` must outlive the
  /// verifier. Errors: Detector::open's and RawHeads::open's, that of the first picture that fails,
  /// and kCancelled once it is stopped.
  static Result<Verifier> open(const Model& model, std::span<const VerifyPicture> pictures,
                               const Options& options, Stopped stopped);

  /// Runs a lane and compares. `heads`: compare the inputs of the heads, too.
  VerifyResult compare(const VerifyLane& lane, bool heads) const;

  /// How the reference describes itself.
  const std::string& description() const noexcept { return reference_.description; }
  /// Its detections over Options::confidence.
  std::size_t detections() const noexcept;

  /// Pictures whose heads are compared, the first ones.
  static constexpr std::size_t kHeadPictures = 4;

 private:
  using Heads = std::vector<RawHead>;
  struct Run {
    std::string description;
    std::vector<PictureResult> results;
    std::vector<Heads> heads;  ///< of the first pictures
  };

  Verifier(const Model& model, std::span<const VerifyPicture> pictures, Options options,
           Stopped stopped)
      : model_(&model),
        pictures_(pictures),
        options_(std::move(options)),
        stopped_(std::move(stopped)) {}

  Result<Run> run(const VerifyLane& lane, bool heads) const;
  Result<std::vector<PictureResult>> detect(Detector& detector) const;
  Result<std::vector<Heads>> run_heads(const Options& options) const;
  void compare(const Run& found, VerifyResult& result) const;
  float least_confidence(const PictureResult& result, const AllowedDifference& allowed) const;

  const Model* model_;
  std::span<const VerifyPicture> pictures_;
  Options options_;
  Stopped stopped_;
  Run reference_;
};

}  // namespace yolofleet::command
