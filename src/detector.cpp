#include "yolofleet/detector.hpp"

#include <fmt/format.h>

#include <string_view>
#include <utility>

#include "backend/cpu/cpu_count.hpp"
#include "backend/cpu/cpu_lane.hpp"
#include "base/fail.hpp"
#include "fleet/fleet.hpp"

namespace yolofleet {
namespace {

using base::fail;

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

Result<void> check(const Options& options) {
  if (options.devices != "auto" && options.devices != "cpu") {
    return fail(ErrorCode::kNotFound, R"(no device "{}" here; "auto" and "cpu" are allowed)",
                options.devices);
  }
  return check_unit("confidence", options.confidence)
      .and_then([&] { return check_unit("nms", options.nms); })
      .and_then([&] { return check_at_least("max_detections", options.max_detections, 1); })
      .and_then([&] { return check_at_least("threads", options.threads, 0); })
      .and_then([&] { return check_at_least("max_pixels", options.max_pixels, std::int64_t{1}); });
}

Result<void> check(const ImageView& view) {
  if (view.data == nullptr || view.width < 1 || view.height < 1) {
    return fail(ErrorCode::kInvalidArgument, "a picture without pixels was submitted ({} x {})",
                view.width, view.height);
  }
  const auto row =
      static_cast<std::size_t>(view.width) * static_cast<std::size_t>(channels(view.format));
  if (view.stride < row) {
    return fail(ErrorCode::kInvalidArgument,
                "a picture's stride is {} bytes; a row of {} pixels has at least {}", view.stride,
                view.width, row);
  }
  return {};
}

Result<void> check(const Picture& picture) {
  if (const auto* view = std::get_if<ImageView>(&picture)) {
    return check(*view);
  }
  if (const auto* image = std::get_if<Image>(&picture)) {
    return check(image->view());
  }
  return {};  // an encoded file is judged where it is decoded
}

backend::cpu::CpuLaneOptions cpu_lane_options(const Options& options) {
  backend::cpu::CpuLaneOptions lane;
  lane.confidence = options.confidence;
  lane.nms = options.nms;
  lane.max_detections = options.max_detections;
  lane.resize = options.resize;
  lane.keep_pixels = options.keep_pixels;
  lane.max_pixels = options.max_pixels;
  lane.threads = options.threads;
  return lane;
}

}  // namespace

struct Detector::State {
  explicit State(Model its_model) : model(std::move(its_model)) {}

  Model model;  // the lanes look at its network
  std::vector<std::string> warnings;
  std::vector<std::string> devices;
  std::unique_ptr<fleet::Fleet> fleet;  // last: it ends first
};

Detector::Detector(std::unique_ptr<State> state) : state_(std::move(state)) {}
Detector::Detector(Detector&&) noexcept = default;
Detector& Detector::operator=(Detector&&) noexcept = default;
Detector::~Detector() = default;

Result<Detector> Detector::open(const Model& model, const Options& options) {
  if (auto checked = check(options); !checked) {
    return tl::unexpected(std::move(checked).error());
  }
  if (!model.has_weights()) {
    return fail(ErrorCode::kInvalidArgument, "{}: was loaded without its weights and can't be run",
                model.name());
  }
  auto state = std::make_unique<State>(model);
  const graph::Network& network = state->model.network();
  const fleet::OpenLane open_cpu = [&](const backend::OnFinished& on_finished) {
    return backend::cpu::open_cpu_lane(network, cpu_lane_options(options), options.precision,
                                       on_finished);
  };
  auto fleet = fleet::Fleet::open({open_cpu});
  if (!fleet) {
    return tl::unexpected(std::move(fleet).error());
  }
  state->fleet = *std::move(fleet);
  if (const int cpus = backend::cpu::available_cpus(); options.threads > cpus) {
    state->warnings.push_back(fmt::format("{} threads were asked for, but this process may use {}",
                                          options.threads, cpus));
  }
  for (const auto& lane : state->fleet->lanes()) {
    state->devices.push_back(lane->info().description);
  }
  return Detector{std::move(state)};
}

Result<std::vector<PictureResult>> Detector::detect(std::span<const ImageView> images) {
  for (const ImageView& image : images) {
    if (auto checked = check(image); !checked) {
      return tl::unexpected(std::move(checked).error());
    }
  }
  std::vector<PictureResult> results;
  results.reserve(images.size());
  const auto take = [&] {
    if (auto result = state_->fleet->next()) {
      result->index = results.size();
      results.push_back(*std::move(result));
    }
  };
  for (const ImageView& image : images) {
    Picture picture = image;
    for (;;) {
      const auto submitted = state_->fleet->try_submit(picture);
      if (!submitted) {
        return tl::unexpected(submitted.error());
      }
      if (*submitted) {
        break;
      }
      take();
    }
  }
  while (results.size() < images.size()) {
    take();
  }
  for (const PictureResult& result : results) {
    if (result.error && result.error->code == ErrorCode::kDevice) {
      return tl::unexpected(*result.error);
    }
  }
  return results;
}

std::size_t Detector::capacity() const noexcept {
  return state_->fleet->capacity();
}

Result<void> Detector::submit(Picture picture) {
  return check(picture).and_then([&] { return state_->fleet->submit(std::move(picture)); });
}

Result<bool> Detector::try_submit(Picture& picture) {
  return check(picture).and_then([&] { return state_->fleet->try_submit(picture); });
}

void Detector::finish() {
  state_->fleet->finish();
}

std::optional<PictureResult> Detector::next() {
  return state_->fleet->next();
}

std::span<const std::string> Detector::warnings() const noexcept {
  return state_->warnings;
}
std::span<const std::string> Detector::devices() const noexcept {
  return state_->devices;
}

}  // namespace yolofleet
