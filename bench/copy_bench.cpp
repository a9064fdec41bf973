// Measures the bandwidth of the host's memory and of the bus, as pictures a second from page-locked
// memory to the first GPU, to the first two at once, to the first three, and so on. Each GPU gets
// its own copies, as a lane sends them. Prints a JSON object a line. No network can take decoded
// pictures faster.

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <barrier>
#include <chrono>
#include <deque>
#include <exception>
#include <future>
#include <iostream>
#include <nlohmann/json.hpp>
#include <numeric>
#include <vector>

#include "cuda/check.hpp"
#include "cuda/device_guard.hpp"
#include "cuda/handles.hpp"
#include "cuda/memory.hpp"

namespace yolofleet::bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kPictures = 256;  // more than caches hold
constexpr std::size_t kBatch = 64;

struct Run {
  std::size_t width = 768;
  std::size_t height = 576;
  double seconds = 2;

  std::size_t picture_bytes() const { return width * height * 3; }
};

/// One device's end of it.
struct Target {
  Target(int index, const Run& run)
      : device(index),
        host(index, run.picture_bytes() * kPictures),
        memory(index, host.bytes()),
        stream(cuda::make_stream(index)) {
    std::fill_n(host.as<unsigned char>(), host.bytes(), static_cast<unsigned char>(77));
  }

  int device;
  cuda::PinnedBuffer host;
  cuda::DeviceBuffer memory;
  cuda::Stream stream;
};

/// Pictures a second, from when all have reached `start`.
double copy_to(const Target& target, const Run& run, std::barrier<>& start) {
  cuda::make_current(target.device);
  std::size_t copied = 0;
  start.arrive_and_wait();
  const auto begin = Clock::now();
  double passed = 0;
  while (passed < run.seconds) {
    for (std::size_t i = 0; i < kBatch; ++i, ++copied) {
      const std::size_t at = copied % kPictures * run.picture_bytes();
      cuda::check(cudaMemcpyAsync(target.memory.as<std::byte>() + at,
                                  target.host.as<std::byte>() + at, run.picture_bytes(),
                                  cudaMemcpyHostToDevice, target.stream.get()));
    }
    cuda::check(cudaStreamSynchronize(target.stream.get()));
    passed = std::chrono::duration<double>(Clock::now() - begin).count();
  }
  return static_cast<double>(copied) / passed;
}

nlohmann::ordered_json copy_to_first(std::size_t devices, const std::deque<Target>& targets,
                                     const Run& run) {
  std::barrier start{static_cast<std::ptrdiff_t>(devices)};
  std::vector<std::future<double>> copying;
  copying.reserve(devices);
  for (std::size_t i = 0; i < devices; ++i) {
    copying.push_back(
        std::async(std::launch::async, [&, i] { return copy_to(targets[i], run, start); }));
  }
  std::vector<double> rates;
  for (std::future<double>& rate : copying) {
    rates.push_back(rate.get());
  }
  const double sum = std::accumulate(rates.begin(), rates.end(), 0.0);
  return {{"devices", devices},
          {"pictures_per_second", sum},
          {"gigabytes_per_second", sum * static_cast<double>(run.picture_bytes()) * 1e-9},
          {"of_each", rates}};
}

void measure(const Run& run) {
  int devices = 0;
  cuda::check(cudaGetDeviceCount(&devices));
  std::deque<Target> targets;
  for (int device = 0; device < devices; ++device) {
    targets.emplace_back(device, run);
  }
  for (std::size_t count = 1; count <= targets.size(); ++count) {
    std::cout << copy_to_first(count, targets, run).dump() << '\n';
  }
}

void add_options(CLI::App& app, Run& run) {
  const CLI::Range side{1, 16'384};
  app.add_option("--width", run.width, "of a picture")->check(side)->capture_default_str();
  app.add_option("--height", run.height, "of a picture")->check(side)->capture_default_str();
  app.add_option("--seconds", run.seconds, "of each measurement")
      ->check(CLI::Range{0.01, 3600.0})
      ->capture_default_str();
}

}  // namespace
}  // namespace yolofleet::bench

int main(int argc, char** argv) {
  CLI::App app{"What several GPUs are sent at once."};
  yolofleet::bench::Run run;
  yolofleet::bench::add_options(app, run);
  CLI11_PARSE(app, argc, argv);
  try {
    yolofleet::bench::measure(run);
    return 0;
  } catch (const std::exception& error) {
    std::cerr << "copy_bench: " << error.what() << '\n';
    return 1;
  }
}
