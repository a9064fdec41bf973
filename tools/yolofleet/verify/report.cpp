#include "verify/report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "output/sink.hpp"
#include "shared/inference_json.hpp"
#include "shared/inference_options.hpp"
#include "shared/json_number.hpp"
#include "shared/text.hpp"

namespace yolofleet::command {
namespace {

using nlohmann::ordered_json;

constexpr std::size_t kWorstShown = 5;

std::string introduction(const VerifyReport& report) {
  const Model& model = report.model;
  const VerifyPictures& pictures = report.pictures;
  std::string text =
      fmt::format("{}: input {}x{}x{}, {}\nreference: {}\n", printable(model.name()),
                  model.input_size().width, model.input_size().height, model.input_channels(),
                  resize_word(report.options.resize, model.letterbox()), report.reference);
  text += count_of(pictures.pictures.size(), pictures.made_up ? "made-up picture" : "picture");
  if (pictures.more == More::kOverLimit) {
    text += " (the first ones; use --limit N for more)";
  } else if (pictures.more == More::kOverMemory) {
    text += " (the first, whose pixels take 1 GiB, the most that is used)";
  }
  text += fmt::format(", {} over {:g} by the reference\n", count_of(report.detections, "detection"),
                      report.options.confidence);
  if (pictures.made_up) {
    text += "no INPUT was given: made-up pictures say little about boxes\n";
  }
  return text + '\n';
}

float worst_head(const VerifyResult& result) {
  return *std::max_element(result.heads.begin(), result.heads.end());
}

std::string row(const VerifyResult& result) {
  std::string text = fmt::format("{:<10} {:<9}", result.lane.device, result.lane.precision);
  if (result.error) {
    return text + fmt::format(" failed: {}\n", printable(result.error->message));
  }
  const DetectionSums& sums = result.sums;
  const auto difference = [](float value, bool there) {
    return there ? fmt::format("{:.6f}", value) : std::string("-");
  };
  text +=
      fmt::format(" {:>7} {:>7} {:>5} {:>6} {:>10} {:>8} {:>8}  {}\n", sums.matched, sums.missing,
                  sums.extra, sums.beyond, difference(sums.confidence, sums.matched > 0),
                  difference(sums.box, sums.matched > 0),
                  result.heads.empty() ? "-" : fmt::format("{:.2g}", worst_head(result)),
                  to_string(result.verdict));
  return text;
}

/// The allowed differences, once for each precision.
std::string allowed_lines(const VerifyReport& report) {
  std::string text;
  std::set<std::string> told;
  for (const VerifyResult& result : report.results) {
    if (result.error || !told.insert(result.lane.precision).second) {
      continue;
    }
    const AllowedDifference& allowed = result.allowed;
    text += fmt::format("allowed in {}: confidence {:g}, box {:g} of the picture, heads {:g}{}\n",
                        result.lane.precision, allowed.confidence, allowed.box, allowed.heads,
                        allowed.beyond_part > 0 ? fmt::format("; {:g} % of the detections beyond",
                                                              allowed.beyond_part * 100)
                                                : "");
  }
  return text;
}

std::string describe(const Detection& found, const Model& model) {
  return fmt::format("{} {:.4f} at {:.0f},{:.0f} {:.0f}x{:.0f}",
                     class_label(model.names(), found.class_id), found.confidence, found.box.x,
                     found.box.y, found.box.width, found.box.height);
}

std::string describe(const Pair& pair, const VerifyReport& report) {
  const std::string& name = report.pictures.pictures[pair.picture].name;
  if (!pair.found) {
    return fmt::format("{}: {} is missing", name, describe(*pair.reference, report.model));
  }
  if (!pair.reference) {
    return fmt::format("{}: {} is extra", name, describe(*pair.found, report.model));
  }
  return fmt::format("{}: {} is {}", name, describe(*pair.reference, report.model),
                     describe(*pair.found, report.model));
}

/// The largest differences of each lane that are beyond what is allowed.
std::string worst(const VerifyReport& report) {
  std::string text;
  for (const VerifyResult& result : report.results) {
    if (result.verdict != Verdict::kBeyond || result.worst.empty()) {
      continue;
    }
    text += fmt::format("{} {}, {} beyond:\n", result.lane.device, result.lane.precision,
                        result.sums.beyond);
    for (std::size_t i = 0; i < std::min(result.worst.size(), kWorstShown); ++i) {
      text += "  " + printable(describe(result.worst[i], report)) + '\n';
    }
  }
  return text;
}

/// The lines on precisions that weren't compared, and how to compare them.
std::string left_out(const VerifyReport& report) {
  std::string text;
  for (const VerifyResult& result : report.results) {
    if (result.error) {
      continue;
    }
    const std::string lane = fmt::format("{} {}", result.lane.device, result.lane.precision);
    if (result.verdict == Verdict::kNotCompared) {
      text += fmt::format(
          "{}: nothing was compared: no detection over {:g}, and no heads; name "
          "pictures with objects, or give {}--confidence P\n",
          lane, report.options.confidence, result.lane.head_engine ? "--heads or " : "");
    } else if (result.sums.compared() == 0) {
      text += fmt::format("{}: no detection over {:g}, only heads were compared\n", lane,
                          report.options.confidence);
    } else if (result.heads.empty()) {
      text += fmt::format("{}: heads weren't compared; add --heads to compare them\n", lane);
    }
    if (result.full > 0) {
      text += fmt::format(
          "{}: in {}, where --max-detections or a device's room left out detections, only those "
          "over {:.3g} or less were compared, not those over {:g}\n",
          lane, count_of(result.full, "picture"), result.confidence, report.options.confidence);
    }
    if (!result.finite || !result.reference_finite) {
      text += fmt::format("{}: the inputs of the heads have values that aren't finite{}\n", lane,
                          result.reference_finite ? ""
                          : result.finite         ? " in the reference"
                                                  : ", also in the reference");
    }
  }
  return text;
}

ordered_json result_json(const VerifyResult& result, const VerifyReport& report) {
  ordered_json json = {{"device", result.lane.device},
                       {"precision", result.lane.precision},
                       {"description", result.description},
                       {"verdict", result.error ? "failed" : to_string(result.verdict)},
                       {"error", nullptr}};
  if (result.error) {
    json["error"] = {{"code", to_string(result.error->code)}, {"message", result.error->message}};
    return json;
  }
  const DetectionSums& sums = result.sums;
  const bool any = sums.matched > 0;
  json["matched"] = sums.matched;
  json["missing"] = sums.missing;
  json["extra"] = sums.extra;
  json["beyond"] = sums.beyond;
  json["confidence_difference"] = any ? as_json_number(sums.confidence) : ordered_json();
  json["box_difference"] = any ? as_json_number(sums.box) : ordered_json();
  json["faint"] = sums.faint;
  json["pictures_full"] = result.full;
  json["confidence_full"] = result.full > 0 ? as_json_number(result.confidence) : ordered_json();
  json["heads_finite"] = result.heads.empty() ? ordered_json() : ordered_json(result.finite);
  json["reference_heads_finite"] =
      result.heads.empty() ? ordered_json() : ordered_json(result.reference_finite);
  json["head_errors"] = ordered_json::array();
  for (const float error : result.heads) {
    json["head_errors"].push_back(as_json_number(error));
  }
  json["allowed"] = {{"confidence", as_json_number(result.allowed.confidence)},
                     {"box", as_json_number(result.allowed.box)},
                     {"heads", as_json_number(result.allowed.heads)},
                     {"beyond", result.allowed.beyond_of(sums.compared())}};
  json["worst"] = ordered_json::array();
  for (std::size_t i = 0; i < std::min(result.worst.size(), kWorstShown); ++i) {
    json["worst"].push_back(describe(result.worst[i], report));
  }
  return json;
}

}  // namespace

std::string verify_table(const VerifyReport& report) {
  std::string text = introduction(report);
  text += fmt::format("{:<10} {:<9} {:>7} {:>7} {:>5} {:>6} {:>10} {:>8} {:>8}  {}\n", "device",
                      "precision", "matched", "missing", "extra", "beyond", "confidence", "box",
                      "heads", "verdict");
  for (const VerifyResult& result : report.results) {
    text += row(result);
  }
  return text + '\n' + allowed_lines(report) + left_out(report) + worst(report);
}

std::string verify_json(const VerifyReport& report) {
  ordered_json json = inference_json(report.model, report.options);
  json.update({
      {"pictures", report.pictures.pictures.size()},
      {"pictures_made_up", report.pictures.made_up},
      {"pictures_failed", report.pictures.failed},
      {"pictures_with_heads", std::min(report.pictures.pictures.size(), Verifier::kHeadPictures)},
      {"reference", report.reference},
      {"reference_detections", report.detections},
      {"lanes", ordered_json::array()},
  });
  for (const VerifyResult& result : report.results) {
    json["lanes"].push_back(result_json(result, report));
  }
  return json.dump(2, ' ', false, ordered_json::error_handler_t::replace) + '\n';
}

}  // namespace yolofleet::command
