// What the host's memory and the bus carry: pictures a second that go from page-locked memory to
// the first GPU, the first two at once, the first three, and so on, each by a copy of its own as a
// lane sends them. Prints a JSON object a line. It bounds what several GPUs can do with decoded
// pictures, whatever the network.
//
//   copy_bench [WIDTH HEIGHT [SECONDS]]

#include <algorithm>
#include <barrier>
#include <chrono>
#include <cstdlib>
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
  std::size_t picture_bytes = 0;
  double seconds = 0;
};

/// One device's end of it.
struct Target {
  Target(int index, const Run& run)
      : device(index),
        host(index, run.picture_bytes * kPictures),
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
      const std::size_t at = copied % kPictures * run.picture_bytes;
      cuda::check(cudaMemcpyAsync(target.memory.as<std::byte>() + at,
                                  target.host.as<std::byte>() + at, run.picture_bytes,
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
          {"gigabytes_per_second", sum * static_cast<double>(run.picture_bytes) * 1e-9},
          {"of_each", rates}};
}

int main_of(int argc, char** argv) {
  const int width = argc > 2 ? std::atoi(argv[1]) : 768;
  const int height = argc > 2 ? std::atoi(argv[2]) : 576;
  const double seconds = argc > 3 ? std::atof(argv[3]) : 2;
  if (width < 1 || height < 1 || !(seconds > 0)) {
    std::cerr << "copy_bench [WIDTH HEIGHT [SECONDS]]\n";
    return 2;
  }
  const Run run{static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 3, seconds};
  int devices = 0;
  cuda::check(cudaGetDeviceCount(&devices));
  std::deque<Target> targets;
  for (int device = 0; device < devices; ++device) {
    targets.emplace_back(device, run);
  }
  for (std::size_t count = 1; count <= targets.size(); ++count) {
    std::cout << copy_to_first(count, targets, run).dump() << '\n';
  }
  return 0;
}

}  // namespace
}  // namespace yolofleet::bench

int main(int argc, char** argv) {
  try {
    return yolofleet::bench::main_of(argc, argv);
  } catch (const std::exception& error) {
    std::cerr << "copy_bench: " << error.what() << '\n';
    return 1;
  }
}
