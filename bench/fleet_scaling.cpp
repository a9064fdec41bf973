// Drives the real fleet with lanes that take a given time, as many as GPUs that aren't there, and
// tells how it scales. Prints one JSON object; bench/scaling.py runs it.

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <chrono>
#include <ctime>
#include <exception>
#include <iostream>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "backend/fake/decoder.hpp"
#include "fleet/fake_lane.hpp"
#include "fleet/fleet.hpp"

namespace yolofleet::bench {
namespace {

using Clock = std::chrono::steady_clock;
using Microseconds = std::chrono::microseconds;

/// The value, or its error as an exception for `main`.
template <typename T>
T take(Result<T> result) {
  if (!result) {
    throw std::runtime_error(result.error().message);
  }
  return std::move(*result);
}

struct Run {
  std::size_t lanes = 1;
  std::size_t slots = 5;
  std::size_t batch = 16;
  std::size_t batches = 40;  // of each lane
  int lane_us = 50'000;      // of a batch in its lane
  int memory_us = 0;         // of a batch in the host's memory, which takes one at a time
  int decoder_ms = 0;        // of 64 files in each device's decoder; 0: the pictures are decoded

  std::size_t file_bytes = 0;  // of each of them, at least

  std::size_t pictures() const { return lanes * batch * batches; }
};

/// The host's memory, which all lanes share: it takes one batch at a time.
class Memory {
 public:
  explicit Memory(Microseconds of_a_batch) : of_a_batch_(of_a_batch) {}

  /// How long a batch that comes now waits for its turn and then takes.
  Microseconds enter() {
    const std::lock_guard lock{mutex_};
    const auto now = Clock::now();
    free_ = std::max(free_, now) + of_a_batch_;
    return std::chrono::duration_cast<Microseconds>(free_ - now);
  }

 private:
  const Microseconds of_a_batch_;
  std::mutex mutex_;
  Clock::time_point free_;
};

fleet::OpenLane lane_of(std::size_t number, const Run& run, const std::shared_ptr<Memory>& memory) {
  testing::FakeScript script;
  script.device = "fake:" + std::to_string(number);
  script.slots = run.slots;
  script.batch = run.batch;
  script.decodes = false;
  script.device_images = true;
  script.delay = [memory, own = Microseconds{run.lane_us}](std::uint64_t) {
    return std::max(own, memory->enter());
  };
  fleet::OpenLane lane{script.device,
                       [script](const backend::OnFinished& on_finished, std::vector<std::string>&) {
                         return Result<std::unique_ptr<backend::Lane>>(
                             std::make_unique<testing::FakeLane>(script, on_finished));
                       }};
  if (run.decoder_ms > 0) {
    backend::fake::DecoderScript decoder;
    decoder.batch = 64;
    decoder.delay = std::chrono::milliseconds{run.decoder_ms};
    lane.make_decoder = [device = script.device, decoder](std::vector<std::string>&) {
      return Result<std::unique_ptr<backend::Decoder>>(
          backend::fake::make_decoder(device, decoder, kDefaultMaxPixels));
    };
  }
  return lane;
}

std::unique_ptr<fleet::Fleet> open(const Run& run) {
  const auto memory = std::make_shared<Memory>(Microseconds{run.memory_us});
  std::vector<fleet::OpenLane> lanes;
  for (std::size_t i = 0; i < run.lanes; ++i) {
    lanes.push_back(lane_of(i, run, memory));
  }
  fleet::FleetOptions options;
  options.max_wait = std::chrono::milliseconds{500};  // stretched, as all times are
  options.ordered = true;
  options.decode.threads = 1;
  options.decode.decode = Decode::kGpu;
  return take(fleet::Fleet::open(lanes, options));
}

void submit(fleet::Fleet& fleet, const Run& run, std::size_t count) {
  EncodedImage file = take(encode_image(Image(8, 8).view(), ImageFormat::kPng));
  file.resize(std::max(file.size(), run.file_bytes));
  for (std::size_t i = 0; i < count; ++i) {
    Picture picture = run.decoder_ms > 0 ? Picture{file} : Picture{ImageView{}};
    static_cast<void>(fleet.submit(std::move(picture)));  // the results are counted
  }
}

nlohmann::ordered_json measure(const Run& run) {
  const auto fleet = open(run);
  const std::clock_t cpu = std::clock();
  const auto begin = Clock::now();
  // Before a thread waits for results: the fleet would send its first picture as a batch of one.
  const std::size_t first = run.lanes * run.batch;
  submit(*fleet, run, first);
  std::thread source([&] {
    submit(*fleet, run, run.pictures() - first);
    fleet->finish();
  });
  std::uint64_t taken = 0;
  bool in_order = true;
  while (const auto result = fleet->next()) {
    in_order = in_order && result->index == taken++ && !result->error;
  }
  source.join();
  const double seconds = std::chrono::duration<double>(Clock::now() - begin).count();
  double least = 1;
  double most = 0;
  for (const DeviceReport& device : fleet->report().devices) {
    least = std::min(least, device.share);
    most = std::max(most, device.share);
  }
  const auto lanes = static_cast<double>(run.lanes);
  return {{"pictures_per_second", static_cast<double>(taken) / seconds},
          {"in_order", in_order && taken == run.pictures()},
          {"least_share", least * lanes},  // 1: as much as all others
          {"most_share", most * lanes},
          {"cpu_us_a_picture", static_cast<double>(std::clock() - cpu) * 1e6 / CLOCKS_PER_SEC /
                                   static_cast<double>(taken)}};
}

void add_options(CLI::App& app, Run& run) {
  const CLI::Range count{1, 4096};
  app.add_option("--lanes", run.lanes)->check(count)->capture_default_str();
  app.add_option("--slots", run.slots, "of a lane")->check(count)->capture_default_str();
  app.add_option("--batch", run.batch, "pictures in a slot")->check(count)->capture_default_str();
  app.add_option("--batches", run.batches, "of each lane")->check(count)->capture_default_str();
  app.add_option("--lane-us", run.lane_us, "time of a batch in its lane")->capture_default_str();
  app.add_option("--memory-us", run.memory_us, "time of a batch in what all lanes share")
      ->capture_default_str();
  app.add_option("--decoder-ms", run.decoder_ms, "time of 64 files in a device's decoder")
      ->capture_default_str();
  app.add_option("--file-bytes", run.file_bytes, "of each file, at least")->capture_default_str();
}

}  // namespace
}  // namespace yolofleet::bench

int main(int argc, char** argv) {
  try {
    CLI::App app{"The real fleet on lanes without hardware."};
    yolofleet::bench::Run run;
    yolofleet::bench::add_options(app, run);
    CLI11_PARSE(app, argc, argv);
    std::cout << yolofleet::bench::measure(run).dump() << '\n';
    return 0;
  } catch (const std::exception& error) {
    std::cerr << "fleet_scaling: " << error.what() << '\n';
    return 1;
  }
}
