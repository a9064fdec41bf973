#include "yolofleet/detector.hpp"

#include <mutex>
#include <utility>

#include "backend/cpu/cpu_count.hpp"
#include "check_options.hpp"
#include "fleet/fleet.hpp"
#include "fleet_options.hpp"
#include "gpus.hpp"
#include "lanes.hpp"

namespace yolofleet {
namespace {

Result<void> check(const Picture& picture) {
  if (const auto* view = std::get_if<ImageView>(&picture)) {
    return check(*view);
  }
  if (const auto* image = std::get_if<Image>(&picture)) {
    return check(image->view());
  }
  return {};  // an encoded file is checked when it is decoded
}

// For each GPU: room for some 85 pictures of a megapixel; what has none lies on the heap.
constexpr std::size_t kPixelMemoryAGpu = std::size_t{256} << 20U;

/// The memory that the GPUs fetch pixels from; null, and a warning, where there is none to be had.
std::shared_ptr<PixelMemory> pixel_memory_for(const Lanes& lanes,
                                              std::vector<std::string>& warnings) {
  if (lanes.gpus.empty()) {
    return nullptr;
  }
  auto memory = gpu_pixel_memory(lanes.gpus.front(), kPixelMemoryAGpu * lanes.gpus.size());
  if (!memory) {
    warnings.push_back(memory.error().message + "; pictures are copied once more");
    return nullptr;
  }
  return *std::move(memory);
}

fleet::DecodeOptions decode_options(const Options& options,
                                    const std::shared_ptr<PixelMemory>& memory) {
  return {options.threads > 0 ? options.threads : backend::cpu::available_cpus(),
          {options.max_pixels, memory}};
}

}  // namespace

struct Detector::State {
  explicit State(Model its_model) : model(std::move(its_model)) {}

  Model model;  // the lanes look at its network
  std::vector<std::string> warnings;
  std::vector<std::string> devices;
  std::shared_ptr<PixelMemory> memory;
  std::unique_ptr<fleet::Fleet> fleet;  // last: it ends first
};

Detector::Detector(std::unique_ptr<State> state) : state_(std::move(state)) {}
Detector::Detector(Detector&&) noexcept = default;
Detector& Detector::operator=(Detector&&) noexcept = default;
Detector::~Detector() = default;

Result<Detector> Detector::open(const Model& model, const Options& options) {
  if (auto checked = yolofleet::check(model, options); !checked) {
    return tl::unexpected(std::move(checked).error());
  }
  std::mutex one_call_at_a_time;  // the lanes open side by side
  Options for_lanes = options;
  if (options.on_build) {
    for_lanes.on_build = [&](const BuildProgress& progress) {
      const std::lock_guard lock{one_call_at_a_time};
      options.on_build(progress);
    };
  }
  auto state = std::make_unique<State>(model);
  const auto lanes = lanes_for(state->model.network(), for_lanes, state->warnings);
  if (!lanes) {
    return tl::unexpected(lanes.error());
  }
  state->memory = pixel_memory_for(*lanes, state->warnings);
  auto fleet = fleet::Fleet::open(lanes->lanes,
                                  fleet_options(options, decode_options(options, state->memory)));
  if (!fleet) {
    return tl::unexpected(std::move(fleet).error());
  }
  state->fleet = *std::move(fleet);
  state->devices = state->fleet->descriptions();
  const std::vector<std::string>& opening = state->fleet->warnings();
  state->warnings.insert(state->warnings.end(), opening.begin(), opening.end());
  return Detector{std::move(state)};
}

Result<std::vector<PictureResult>> Detector::detect(std::span<const ImageView> images) {
  for (const ImageView& image : images) {
    if (auto checked = check(image); !checked) {
      return tl::unexpected(std::move(checked).error());
    }
  }
  std::vector<PictureResult> results(images.size());
  std::uint64_t first = 0;
  std::size_t submitted = 0;
  std::size_t taken = 0;
  const auto take = [&] {
    if (auto result = state_->fleet->next()) {
      result->index -= first;
      PictureResult& place = results.at(result->index);
      place = *std::move(result);
    }
    ++taken;
  };
  for (const ImageView& image : images) {
    if (submitted - taken == state_->fleet->capacity()) {
      take();
    }
    const auto ticket = state_->fleet->submit(image);
    if (!ticket) {
      return tl::unexpected(ticket.error());
    }
    first = *ticket - submitted++;
  }
  while (taken < images.size()) {
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

Result<std::uint64_t> Detector::submit(Picture picture, std::any tag) {
  return check(picture).and_then(
      [&] { return state_->fleet->submit(std::move(picture), std::move(tag)); });
}

Result<std::optional<std::uint64_t>> Detector::try_submit(Picture& picture, std::any tag) {
  return check(picture).and_then(
      [&] { return state_->fleet->try_submit(picture, std::move(tag)); });
}

Result<std::uint64_t> Detector::submit_error(Error error, std::any tag) {
  return state_->fleet->submit_error(std::move(error), std::move(tag));
}

void Detector::finish() {
  state_->fleet->finish();
}

std::optional<PictureResult> Detector::next() {
  return state_->fleet->next();
}

FleetReport Detector::report() const {
  return state_->fleet->report();
}

std::shared_ptr<PixelMemory> Detector::pixel_memory() const noexcept {
  return state_->memory;
}

std::span<const std::string> Detector::warnings() const noexcept {
  return state_->warnings;
}
std::span<const std::string> Detector::devices() const noexcept {
  return state_->devices;
}

}  // namespace yolofleet
