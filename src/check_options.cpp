#include "check_options.hpp"

#include <string_view>
#include <variant>

#include "base/fail.hpp"
#include "graph/network.hpp"

namespace yolofleet {
namespace {

using base::fail;

constexpr int kHighestBuildLevel = 5;
constexpr int kMostSlots = 64;
constexpr int kMostThreads = 1024;
constexpr double kLongestWait = 60'000;  // milliseconds

Result<void> check_unit(std::string_view name, float value) {
  if (!(value >= 0.0F && value <= 1.0F)) {  // NaN is neither
    return fail(ErrorCode::kInvalidArgument, "{} is {}; a number from 0 to 1 is allowed", name,
                value);
  }
  return {};
}

template <typename Number>
Result<void> check_at_least(std::string_view name, Number value, Number least) {
  if (value < least) {
    return fail(ErrorCode::kInvalidArgument, "{} is {}; {} or more is allowed", name, value, least);
  }
  return {};
}

Result<void> check_build_level(int level) {
  if (level < 0 || level > kHighestBuildLevel) {
    return fail(ErrorCode::kInvalidArgument, "build_level is {}; 0 to {} is allowed", level,
                kHighestBuildLevel);
  }
  return {};
}

Result<void> check_slots(int slots) {
  if (slots < 0 || slots > kMostSlots) {
    return fail(ErrorCode::kInvalidArgument, "slots is {}; 0 to {} is allowed", slots, kMostSlots);
  }
  return {};
}

Result<void> check_threads(int threads) {
  if (threads < 0 || threads > kMostThreads) {
    return fail(ErrorCode::kInvalidArgument, "threads is {}; 0 to {} is allowed", threads,
                kMostThreads);
  }
  return {};
}

Result<void> check_wait(double milliseconds) {
  if (!(milliseconds >= 0 && milliseconds <= kLongestWait)) {  // NaN is neither
    return fail(ErrorCode::kInvalidArgument, "max_wait_ms is {}; a number from 0 to {} is allowed",
                milliseconds, kLongestWait);
  }
  return {};
}

Result<void> check_weights(const Model& model) {
  if (!model.has_weights()) {
    return fail(ErrorCode::kInvalidArgument, "{}: was loaded without its weights and can't be run",
                model.name());
  }
  return {};
}

Result<void> check_heads(const Model& model) {
  for (const graph::Layer& layer : model.network().layers()) {
    const auto* const head = std::get_if<graph::Head>(&layer.operation);
    if (head != nullptr && head->class_tree) {
      return fail(ErrorCode::kUnsupported,
                  "{}: its [region] in line {} of the cfg has a class tree (tree=): not supported; "
                  "it can be inspected, not run",
                  model.name(), layer.line);
    }
  }
  return {};
}

Result<void> check_classes(const Model& model, const Options& options) {
  for (const int id : options.classes) {
    if (id < 0 || id >= model.class_count()) {
      return fail(ErrorCode::kInvalidArgument, "classes has {}; the model's classes are 0 to {}",
                  id, model.class_count() - 1);
    }
  }
  return {};
}

}  // namespace

Result<void> check(const Model& model, const Options& options) {
  return check_unit("confidence", options.confidence)
      .and_then([&] { return check_unit("nms", options.nms); })
      .and_then([&] { return check_at_least("max_detections", options.max_detections, 0); })
      .and_then([&] { return check_threads(options.threads); })
      .and_then([&] { return check_at_least("batch", options.batch, 0); })
      .and_then([&] { return check_slots(options.slots); })
      .and_then([&] { return check_wait(options.max_wait_ms); })
      .and_then([&] { return check_at_least("max_pixels", options.max_pixels, std::int64_t{1}); })
      .and_then([&] { return check_build_level(options.build_level); })
      .and_then([&] { return check_weights(model); })
      .and_then([&] { return check_heads(model); })
      .and_then([&] { return check_classes(model, options); });
}

}  // namespace yolofleet
