#include "yolofleet/detector.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

#include "backend/backends.hpp"
#include "backend/choose_devices.hpp"
#include "backend/fit.hpp"
#include "backend/one_at_a_time.hpp"
#include "backend/pixels.hpp"
#include "base/cpu_count.hpp"
#include "base/fail.hpp"
#include "check_options.hpp"
#include "fleet/fleet.hpp"
#include "fleet_options.hpp"
#include "wanted_classes.hpp"

namespace yolofleet {
namespace {

Result<void> check(const Picture& picture) {
  if (std::holds_alternative<EncodedImage>(picture)) {
    return {};  // it is checked when it is decoded
  }
  return check(backend::pixels_of(picture));
}

/// Prepares a picture in a device's memory for the lanes of `devices`: Device::receive of the first
/// one that knows such memory. Errors: Device::receive's; kUnsupported only if no device knows it.
Result<void> receive(const backend::Devices& devices, Picture& picture) {
  auto* const on_device = std::get_if<DeviceImage>(&picture);
  if (on_device == nullptr) {
    return {};
  }
  std::string names;
  for (const auto& device : devices) {
    auto received = device->receive(*on_device);
    if (received || received.error().code != ErrorCode::kUnsupported) {
      return received;
    }
    names += (names.empty() ? "" : ", ") + device->id();
  }
  return base::fail(ErrorCode::kUnsupported,
                    "a picture lies in the memory of \"{}\"; none of the devices in use can read "
                    "it: {}",
                    on_device->device, names);
}

/// The bytes of pixel memory that all devices ask for.
std::size_t pixel_memory_bytes(const backend::Devices& devices) {
  return std::accumulate(devices.begin(), devices.end(), std::size_t{0},
                         [](std::size_t sum, const std::shared_ptr<backend::Device>& device) {
                           return sum + device->pixel_memory_bytes();
                         });
}

/// Makes one pixel memory for all devices; they fetch pixels from it. Null if no device needs it,
/// and, with a warning, if it can't be allocated.
std::shared_ptr<PixelMemory> make_pixel_memory(const backend::Devices& devices,
                                               std::vector<std::string>& warnings) {
  const auto maker = std::find_if(devices.begin(), devices.end(), [](const auto& device) {
    return device->pixel_memory_bytes() > 0;
  });
  if (maker == devices.end()) {
    return nullptr;
  }
  auto memory = (*maker)->make_pixel_memory(pixel_memory_bytes(devices));
  if (!memory) {
    warnings.push_back(memory.error().message + "; pictures are copied once more");
    return nullptr;
  }
  return *std::move(memory);
}

/// Opens the device's lane. `work` must outlive the opening.
fleet::OpenLane lane_of(const std::shared_ptr<backend::Device>& device,
                        const backend::Workload& work) {
  return {
      device->id(),
      [device, work](const backend::OnFinished& on_finished, std::vector<std::string>& warnings) {
        return device->open_lane(work, on_finished, warnings);
      },
      [device, max_pixels = work.options.max_pixels](std::vector<std::string>& warnings) {
        return device->make_decoder(max_pixels, warnings);
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
  backend::Devices opened;
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
  if (state->wanted.none()) {
    state->warnings.emplace_back(
        "nothing will be detected: the names of all classes begin with dont_show, which hides "
        "them");
  }
  auto devices = choose_devices(options, backend::list_all_devices(), state->warnings);
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
  decode.leave_cores = options.threads == 0;
  decode.decode = options.decode;
  decode.files = {{options.max_pixels, state->memory},
                  options.keep_pixels,
                  options.decode_scale,
                  state->model.network().input(),
                  backend::fit_of(options.resize, state->model.network().letterbox())};
  fleet::FleetOptions for_fleet = fleet_options(options, decode);
  if (state->memory) {  // files are decoded into it, so at least as much may be in use
    for_fleet.most_bytes.pixels =
        std::max(for_fleet.most_bytes.pixels, pixel_memory_bytes(*devices));
  }
  auto fleet = fleet::Fleet::open(lanes, for_fleet);
  if (!fleet) {
    return tl::unexpected(std::move(fleet).error());
  }
  state->fleet = *std::move(fleet);
  state->devices = state->fleet->descriptions();
  state->opened = *std::move(devices);
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
  return check(picture).and_then([&] { return receive(state_->opened, picture); }).and_then([&] {
    return state_->fleet->submit(std::move(picture), std::move(tag));
  });
}

Result<std::optional<std::uint64_t>> Detector::try_submit(Picture& picture, const std::any& tag) {
  return check(picture).and_then([&] { return receive(state_->opened, picture); }).and_then([&] {
    return state_->fleet->try_submit(picture, tag);
  });
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
std::span<const std::string> Detector::decoders() const noexcept {
  return state_->fleet->decoders();
}

}  // namespace yolofleet
