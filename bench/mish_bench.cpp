// Mish by our plugin, by TensorRT's own layers and as a bare kernel, at the shapes at which a
// network has it. Usage: mish_bench CFG SIDE DEVICE [BATCH [SECONDS]]
// SIDE: width and height of the network's input, in pixels.
// Prints microseconds and GB/s, medians; the shapes that move most bytes first. Each figure is of a
// CUDA graph of 20 runs on one stream over the same memory, so small tensors stay in the cache, as
// they do in a network. What SECONDS (60) don't suffice for is left out, and said.

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <map>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include "cuda/handles.hpp"
#include "cuda/memory.hpp"
#include "gpu/mish_engine.hpp"
#include "graph/network.hpp"
#include "ops/mish_cuda.hpp"
#include "yolofleet/model.hpp"

namespace {

namespace yf = yolofleet;
namespace trt = yolofleet::backend::tensorrt;
namespace cuda = yolofleet::cuda;
using yf::testing::MishEngineOptions;
using yf::testing::MishEngines;
using yf::testing::MishLayout;

constexpr int kRunsOfGraph = 20;

void require(bool holds, const std::string& what) {
  if (!holds) {
    throw std::runtime_error(what);
  }
}

/// A shape, and at how many layers the network has it.
struct Place {
  yf::graph::Shape shape;
  int layers = 0;
};

std::vector<Place> places_of(const std::string& cfg, int side) {
  yf::LoadOptions load;
  load.input_size = yf::InputSize{side, side};
  const auto model = yf::Model::load_architecture(cfg, load);
  require(model.has_value(), model ? "" : model.error().message);
  std::map<std::vector<int>, int> counts;
  for (const yf::graph::Layer& layer : model->network().layers()) {
    std::visit(
        [&](const auto& op) {
          if constexpr (requires { op.activation; }) {
            if (op.activation == yf::graph::Activation::kMish) {
              ++counts[{layer.output.channels, layer.output.height, layer.output.width}];
            }
          }
        },
        layer.operation);
  }
  std::vector<Place> places;
  places.reserve(counts.size());
  for (const auto& [shape, layers] : counts) {
    places.push_back({{shape[0], shape[1], shape[2]}, layers});
  }
  std::sort(places.begin(), places.end(), [](const Place& a, const Place& b) {
    return a.shape.elements() * a.layers > b.shape.elements() * b.layers;
  });
  require(!places.empty(), cfg + ": has no Mish");
  return places;
}

class Bench {
 public:
  Bench(int device, int batch, double seconds)
      : device_(device), batch_(batch), seconds_(seconds), engines_(device) {}

  /// One line of the table.
  void line(const Place& place, bool half, MishLayout layout, int level) {
    const double spent = std::chrono::duration<double>(Clock::now() - begin_).count();
    if (spent > seconds_) {
      ++left_out_;
      return;
    }
    MishEngineOptions options{{batch_, place.shape.channels, place.shape.height, place.shape.width},
                              trt::MishKind::kPlugin,
                              half,
                              layout,
                              level};
    const double plugin = of_engine(options);
    options.kind = trt::MishKind::kNative;
    const double native = of_engine(options);
    const std::size_t elements = elements_of(options);
    const double kernel = half ? of_kernel<__half>(elements) : of_kernel<float>(elements);
    const double gigabytes = static_cast<double>(elements) * (half ? 4 : 8) * 1e-3;
    std::printf("%5d x %3d x %3d %7d  %s %s %5d  %8.1f %8.1f %8.1f  %6.0f %6.0f %6.0f\n",
                place.shape.channels, place.shape.height, place.shape.width, place.layers,
                half ? "FP16" : "FP32", layout == MishLayout::kLinear ? "linear" : "HWC8  ", level,
                plugin, native, kernel, gigabytes / plugin, gigabytes / native, gigabytes / kernel);
    std::fflush(stdout);
  }

  int left_out() const { return left_out_; }

 private:
  using Clock = std::chrono::steady_clock;

  static std::size_t elements_of(const MishEngineOptions& options) {
    const auto& [batch, channels, height, width] = options.shape;
    const int stored = options.layout == MishLayout::kLinear ? channels : (channels + 7) / 8 * 8;
    return static_cast<std::size_t>(batch) * static_cast<std::size_t>(stored) *
           static_cast<std::size_t>(height) * static_cast<std::size_t>(width);
  }

  /// Halves of 0.125 to 1 and below zero, the same ones over and over; as floats, numbers as
  /// harmless.
  cuda::DeviceBuffer input_of(std::size_t bytes) const {
    std::mt19937 random{1};
    std::vector<std::uint16_t> halves(std::size_t{1} << 18U);
    for (std::uint16_t& half : halves) {
      half = static_cast<std::uint16_t>((0x3000 + random() % 0x0C00) | (random() & 0x8000U));
    }
    cuda::DeviceBuffer buffer{device_, bytes};
    const cuda::DeviceGuard guard{device_};
    for (std::size_t done = 0; done < bytes; done += halves.size() * 2) {
      cuda::check(cudaMemcpy(buffer.as<std::byte>() + done, halves.data(),
                             std::min(bytes - done, halves.size() * 2), cudaMemcpyHostToDevice));
    }
    return buffer;
  }

  /// Microseconds of one run, the median of eleven graphs.
  template <typename Enqueue>
  double measure(const cuda::Stream& stream, Enqueue enqueue) {
    const cuda::DeviceGuard guard{device_};
    enqueue(stream.get());
    cuda::check(cudaStreamSynchronize(stream.get()));
    const cuda::GraphExec graph = cuda::capture(stream, [&](cudaStream_t captured) {
      for (int i = 0; i < kRunsOfGraph; ++i) {
        enqueue(captured);
      }
    });
    const cuda::Event start = cuda::make_timing_event(device_);
    const cuda::Event stop = cuda::make_timing_event(device_);
    std::vector<float> times;
    for (int round = 0; round < 12; ++round) {
      cuda::check(cudaEventRecord(start.get(), stream.get()));
      cuda::check(cudaGraphLaunch(graph.get(), stream.get()));
      cuda::check(cudaEventRecord(stop.get(), stream.get()));
      cuda::check(cudaEventSynchronize(stop.get()));
      float milliseconds = 0;
      cuda::check(cudaEventElapsedTime(&milliseconds, start.get(), stop.get()));
      if (round > 0) {  // the first one warms up
        times.push_back(milliseconds);
      }
    }
    std::sort(times.begin(), times.end());
    return double{times[times.size() / 2]} * 1e3 / kRunsOfGraph;
  }

  double of_engine(const MishEngineOptions& options) {
    const auto plan = engines_.build(options);
    const std::size_t bytes = elements_of(options) * (options.half ? 2 : 4);
    const cuda::DeviceBuffer input = input_of(bytes);
    const cuda::DeviceBuffer output{device_, bytes};
    const cuda::Stream stream = cuda::make_stream(device_);
    const cuda::DeviceBuffer activations{device_,
                                         std::max<std::size_t>(plan->activation_bytes(), 256)};
    auto context = trt::Context::make(*plan, options.shape[0], activations, stream.get());
    require(context.has_value(), context ? "" : context.error().message);
    require(context->set_address(trt::kInput, input.get()) &&
                context->set_address(yf::testing::kMishOutput, output.get()),
            "an engine without its tensors");
    return measure(stream,
                   [&](cudaStream_t on) { require(context->enqueue(on), trt::take_errors()); });
  }

  template <typename T>
  double of_kernel(std::size_t elements) {
    const cuda::DeviceBuffer input = input_of(elements * sizeof(T));
    const cuda::DeviceBuffer output{device_, elements * sizeof(T)};
    const cuda::Stream stream = cuda::make_stream(device_);
    return measure(stream, [&](cudaStream_t on) {
      yf::ops::enqueue_mish(input.as<T>(), output.as<T>(), elements, on);
    });
  }

  int device_;
  int batch_;
  double seconds_;
  MishEngines engines_;
  Clock::time_point begin_ = Clock::now();
  int left_out_ = 0;
};

void run(const std::vector<Place>& places, int device, int batch, double seconds) {
  const auto first = [&](std::size_t count) {
    return std::vector<Place>(places.begin(), places.begin() + static_cast<std::ptrdiff_t>(
                                                                   std::min(count, places.size())));
  };
  Bench bench{device, batch, seconds};
  std::cout << "batch " << batch << "; microseconds of plugin, native, bare kernel; GB/s of them\n"
            << "        shape        layers  type layout level    plugin   native   kernel  "
               "plugin native kernel\n";
  std::cout.flush();
  for (const Place& place : places) {
    bench.line(place, true, MishLayout::kLinear, 1);
  }
  for (const Place& place : first(4)) {
    bench.line(place, true, MishLayout::kHwc8, 1);
  }
  for (const int level : {0, 2}) {
    for (const Place& place : first(3)) {
      bench.line(place, true, MishLayout::kLinear, level);
    }
  }
  for (const Place& place : first(3)) {
    bench.line(place, false, MishLayout::kLinear, 1);
  }
  if (bench.left_out() > 0) {
    std::cout << bench.left_out() << " lines were left out: the time was up\n";
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) {
    std::cerr << "usage: mish_bench CFG SIDE DEVICE [BATCH [SECONDS]]\n";
    return 2;
  }
  try {
    run(places_of(argv[1], std::atoi(argv[2])), std::atoi(argv[3]),
        argc > 4 ? std::atoi(argv[4]) : 16, argc > 5 ? std::atof(argv[5]) : 60.0);
    return 0;
  } catch (const std::exception& error) {
    std::cerr << "mish_bench: " << error.what() << '\n';
    return 1;
  }
}
