#include "verify/run.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "devices/devices.hpp"
#include "shared/device_options.hpp"
#include "shared/fail.hpp"

namespace yolofleet::command {
namespace {

// Pictures between two checks for a stop.
constexpr std::size_t kAtOnce = 16;

/// The threshold for possible partners of the compared detections. At least half of --confidence:
/// lower thresholds give ever more detections, and one that is near --confidence needs no partner
/// (Pair::faint).
float low_confidence(float confidence) {
  return std::max(confidence - allowed_difference(Precision::kBf16).confidence, confidence / 2);
}

bool all_finite(const std::vector<std::vector<RawHead>>& pictures) {
  for (const std::vector<RawHead>& heads : pictures) {
    for (const RawHead& head : heads) {
      if (!std::all_of(head.values.begin(), head.values.end(),
                       [](float value) { return std::isfinite(value); })) {
        return false;
      }
    }
  }
  return true;
}

tl::unexpected<Error> was_stopped() {
  return fail(ErrorCode::kCancelled, "stopped by a signal");
}

}  // namespace

VerifyLane reference_lane() {
  return {.device = "cpu", .precision = precision_word(Precision::kFp32)};
}

Result<std::vector<VerifyLane>> lanes_to_verify(std::span<const ChosenDevice> devices,
                                                const std::vector<std::string>& precisions) {
  std::vector<VerifyLane> lanes;
  std::vector<std::string> has;
  for (const ChosenDevice& device : devices) {
    const std::vector<std::string> all = command::precisions(device.info);
    has.push_back(fmt::format("{} has {}", device.name, join(all)));
    for (const std::string& precision : all) {
      const bool wanted = precisions.empty() || std::find(precisions.begin(), precisions.end(),
                                                          precision) != precisions.end();
      if (wanted) {
        lanes.push_back({device.name, precision, has_engines(device.info)});
      }
    }
  }
  for (const std::string& precision : precisions) {
    if (std::none_of(lanes.begin(), lanes.end(),
                     [&](const VerifyLane& lane) { return lane.precision == precision; })) {
      return fail(ErrorCode::kUnsupported, "--precision {}: no device has it: {}", precision,
                  fmt::join(has, "; "));
    }
  }
  return lanes;
}

Result<Verifier> Verifier::open(const Model& model, std::span<const VerifyPicture> pictures,
                                const Options& options, Stopped stopped) {
  Verifier verifier{model, pictures, options, std::move(stopped)};
  auto reference = verifier.run(reference_lane(), true);
  if (!reference) {
    return tl::unexpected(std::move(reference).error());
  }
  verifier.reference_ = *std::move(reference);
  return verifier;
}

Result<std::vector<Verifier::Heads>> Verifier::run_heads(const Options& options) const {
  auto opened = RawHeads::open(*model_, options);
  if (!opened) {
    return tl::unexpected(std::move(opened).error());
  }
  std::vector<Heads> all;
  for (const VerifyPicture& picture : pictures_.first(std::min(pictures_.size(), kHeadPictures))) {
    if (stopped_()) {
      return was_stopped();
    }
    auto heads = opened->run(picture.pixels.view());
    if (!heads) {
      return tl::unexpected(std::move(heads).error());
    }
    all.push_back(*std::move(heads));
  }
  return all;
}

Result<std::vector<PictureResult>> Verifier::detect(Detector& detector) const {
  std::vector<PictureResult> all;
  while (all.size() < pictures_.size()) {
    if (stopped_()) {
      return was_stopped();
    }
    std::vector<ImageView> views;
    const std::size_t count = std::min(kAtOnce, pictures_.size() - all.size());
    for (const VerifyPicture& picture : pictures_.subspan(all.size(), count)) {
      views.push_back(picture.pixels.view());
    }
    auto results = detector.detect(views);
    if (!results) {
      return tl::unexpected(std::move(results).error());
    }
    for (PictureResult& result : *results) {
      if (result.error) {
        return fail(result.error->code, "{}: {}", pictures_[all.size()].name,
                    result.error->message);
      }
      all.push_back(std::move(result));
    }
  }
  return all;
}

Result<Verifier::Run> Verifier::run(const VerifyLane& lane, bool heads) const {
  Options options = options_;
  options.devices = lane.device;
  options.precision = precision_of(lane.precision);
  options.confidence = low_confidence(options_.confidence);
  auto detector = Detector::open(*model_, options);
  if (!detector) {
    return tl::unexpected(std::move(detector).error());
  }
  auto results = detect(*detector);
  if (!results) {
    return tl::unexpected(std::move(results).error());
  }
  Run run{detector->devices().front(), *std::move(results), {}};
  if (heads) {
    auto ran = run_heads(options);
    if (!ran) {
      return tl::unexpected(std::move(ran).error());
    }
    run.heads = *std::move(ran);
  }
  return run;
}

std::size_t Verifier::detections() const noexcept {
  std::size_t count = 0;
  for (const PictureResult& result : reference_.results) {
    count += static_cast<std::size_t>(std::count_if(
        result.detections.begin(), result.detections.end(),
        [&](const Detection& found) { return found.confidence > options_.confidence; }));
  }
  return count;
}

/// The threshold above which the list is complete: one that was cut lacks detections that are at
/// the end of another lane's list.
float Verifier::least_confidence(const PictureResult& result,
                                 const AllowedDifference& allowed) const {
  const bool cut = result.detections_cut > 0 || result.candidates_dropped > 0;
  return cut && !result.detections.empty()
             ? std::max(options_.confidence,
                        result.detections.back().confidence + allowed.confidence)
             : options_.confidence;
}

void Verifier::compare(const Run& found, VerifyResult& result) const {
  std::vector<Pair> pairs;
  for (std::size_t i = 0; i < pictures_.size(); ++i) {
    const PictureResult& reference = reference_.results[i];
    const float confidence = std::max(least_confidence(reference, result.allowed),
                                      least_confidence(found.results[i], result.allowed));
    if (confidence > options_.confidence) {
      ++result.full;
      result.confidence = std::max(result.confidence, confidence);
    }
    const auto more = pair_detections(i, reference, found.results[i], confidence, result.allowed);
    pairs.insert(pairs.end(), more.begin(), more.end());
  }
  result.reference_finite = all_finite(reference_.heads);
  result.finite = all_finite(found.heads);
  result.sums = sum_up(pairs, result.allowed);
  result.worst = worst_of(pairs, result.allowed);
  for (std::size_t picture = 0; picture < found.heads.size(); ++picture) {
    const Heads& heads = found.heads[picture];
    result.heads.resize(heads.size(), 0);
    for (std::size_t i = 0; i < heads.size(); ++i) {
      result.heads[i] =
          std::max(result.heads[i], head_error(heads[i], reference_.heads[picture][i]));
    }
  }
  result.verdict = judge(result.sums, result.heads, result.allowed);
}

VerifyResult Verifier::compare(const VerifyLane& lane, bool heads) const {
  VerifyResult result;
  result.lane = lane;
  result.allowed = allowed_difference(precision_of(lane.precision));
  const auto found = run(lane, heads);
  if (found) {
    result.description = found->description;
    compare(*found, result);
  } else {
    result.error = found.error();
  }
  return result;
}

}  // namespace yolofleet::command
