#include "yolofleet/detector.hpp"

#include <utility>

#include "backend/backends.hpp"
#include "backend/choose_devices.hpp"
#include "backend/one_at_a_time.hpp"
#include "base/cpu_count.hpp"
#include "check_options.hpp"
#include "fleet/fleet.hpp"
#include "fleet_options.hpp"
#include "wanted_classes.hpp"

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

/// Makes one pixel memory for all devices; they fetch pixels from it. Null if no device needs it,
/// and, with a warning, if it can't be allocated.
std::shared_ptr<PixelMemory> make_pixel_memory(const backend::Devices& devices,
                                               std::vector<std::string>& warnings) {
  backend::Device* maker = nullptr;
  std::size_t bytes = 0;
  for (const auto& device : devices) {
    if (device->pixel_memory_bytes() > 0) {
      maker = maker == nullptr ? device.get() : maker;
      bytes += device->pixel_memory_bytes();
    }
  }
  if (maker == nullptr) {
    return nullptr;
  }
  auto memory = maker->make_pixel_memory(bytes);
  if (!memory) {
    warnings.push_back(memory.error().message + "; pictures are copied once more");
    return nullptr;
  }
  return *std::move(memory);
}

/// Opens the device's lane. `work` must outlive the opening.
fleet::OpenLane lane_of(const std::shared_ptr<backend::Device>& device,
                        const backend::Workload& work) {
  return {device->id(), [device, work](const backend::OnFinished& on_finished,
                                       std::vector<std::string>& warnings) {
            return device->open_lane(work, on_finished, warnings);
          }};
}

}  // namespace

struct Detector::State {
  State(Model its_model, const Options& options)
      : model(std::move(its_model)), wanted(model, options) {}

  /// The next result, without the detections that aren't wanted.
  std::optional<PictureResult> next() const {
    auto result = fleet->next();
    if (result) {
      wanted.keep_in(result->detections);
    }
    return result;
  }

  Model model;  // `open` hands its network to the devices
  WantedClasses wanted;
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
  auto state = std::make_unique<State>(model, options);
  const auto devices = choose_devices(options, backend::list_all_devices(), state->warnings);
  if (!devices) {
    return tl::unexpected(devices.error());
  }
  state->memory = make_pixel_memory(*devices, state->warnings);
  Options for_lanes = options;
  for_lanes.on_build = backend::one_at_a_time(options.on_build);  // the lanes open in parallel
  std::vector<fleet::OpenLane> lanes;
  for (const auto& device : *devices) {
    lanes.push_back(lane_of(device, {state->model.network(), for_lanes}));
  }
  fleet::DecodeOptions decode;
  decode.threads = options.threads > 0 ? options.threads : base::available_cpus();
  decode.limits = {options.max_pixels, state->memory};
  auto fleet = fleet::Fleet::open(lanes, fleet_options(options, decode));
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
    if (auto result = state_->next()) {
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

Result<std::optional<std::uint64_t>> Detector::try_submit(Picture& picture, const std::any& tag) {
  return check(picture).and_then([&] { return state_->fleet->try_submit(picture, tag); });
}

Result<std::uint64_t> Detector::submit_error(Error error, std::any tag) {
  return state_->fleet->submit_error(std::move(error), std::move(tag));
}

void Detector::finish() {
  state_->fleet->finish();
}

std::optional<PictureResult> Detector::next() {
  return state_->next();
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
