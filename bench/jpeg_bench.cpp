// Measures how many JPEG files a second a GPU's decoder decodes to planes in its memory, in batches
// and from one thread, and how many the CPU decodes to planes with 1, 2, 4 ... threads: each alone,
// from memory; then both at once, with three threads for four cores, as a fleet has them. Prints a
// JSON object a line. No fleet can decode faster than the sum.

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <atomic>
#include <chrono>
#include <exception>
#include <fstream>
#include <future>
#include <iostream>
#include <iterator>
#include <memory>
#include <nlohmann/json.hpp>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "backend/tensorrt/jpeg/jpeg_decoder.hpp"
#include "base/cpu_count.hpp"
#include "yolofleet/planes.hpp"

namespace yolofleet::bench {
namespace {

namespace trt = backend::tensorrt;
using Clock = std::chrono::steady_clock;
using Json = nlohmann::ordered_json;

struct Run {
  std::vector<std::string> files;
  std::size_t device = 0;
  double seconds = 3;
};

double seconds_since(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

std::vector<EncodedImage> read_all(const std::vector<std::string>& names) {
  std::vector<EncodedImage> files;
  for (const std::string& name : names) {
    std::ifstream in(name, std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(in), {}};
    const auto all = std::as_bytes(std::span{bytes});
    files.emplace_back(all.begin(), all.end());
  }
  return files;
}

std::unique_ptr<backend::Decoder> open_decoder(std::size_t device) {
  const auto cards = trt::list_cuda_devices();
  if (!cards || device >= cards->size()) {
    throw std::runtime_error(cards ? "no such device" : cards.error().message);
  }
  std::vector<std::string> reasons;
  auto decoder = trt::open_jpeg_decoder(
      (*cards)[device], kDefaultMaxPixels,
      {trt::NvjpegLibrary::kFiles.begin(), trt::NvjpegLibrary::kFiles.end()}, reasons);
  if (!decoder || !*decoder) {
    throw std::runtime_error(decoder ? reasons.at(0) : decoder.error().message);
  }
  return *std::move(decoder);
}

/// The files again and again, in batches. The pictures are dropped at once.
Json decode_on_gpu(const std::vector<EncodedImage>& files, const Run& run) {
  const auto decoder = open_decoder(run.device);
  std::size_t next = 0;
  std::size_t decoded = 0;
  std::size_t taken = 0;
  double busy = 0;
  const auto batch = [&] {
    std::vector<backend::Job> jobs;
    for (std::size_t i = 0; i < files.size() && jobs.size() < decoder->batch(); ++i) {
      const EncodedImage& file = files[next++ % files.size()];
      if (decoder->takes(file)) {
        jobs.push_back({next, file});
      }
    }
    if (jobs.empty()) {
      throw std::runtime_error("the decoder takes none of the files");
    }
    const auto begin = Clock::now();  // without the copies of the files, which a fleet moves
    const auto tried = decoder->decode(jobs);
    busy += seconds_since(begin);
    if (!tried) {
      throw std::runtime_error(tried.error().message);
    }
    taken += *tried;
    decoded +=
        static_cast<std::size_t>(std::count_if(jobs.begin(), jobs.end(), [](const auto& job) {
          return std::holds_alternative<DeviceImage>(job.picture);
        }));
  };
  batch();
  decoded = taken = 0;
  busy = 0;
  while (busy < run.seconds) {
    batch();
  }
  return {{"decoder", decoder->description()},
          {"pictures_per_second", static_cast<double>(decoded) / busy},
          {"not_decoded", taken - decoded}};
}

Json decode_on_cpu(const std::vector<EncodedImage>& files, int threads, const Run& run) {
  std::atomic<std::size_t> next = 0;
  std::atomic<std::size_t> decoded = 0;
  const auto begin = Clock::now();
  std::vector<std::future<void>> working;
  for (int i = 0; i < threads; ++i) {
    working.push_back(std::async(std::launch::async, [&] {
      while (seconds_since(begin) < run.seconds) {
        decoded += Planes::decode(files[next++ % files.size()]) ? 1U : 0U;
      }
    }));
  }
  for (auto& one : working) {
    one.get();
  }
  return {{"decoder", "cpu, planes"},
          {"threads", threads},
          {"pictures_per_second", static_cast<double>(decoded) / seconds_since(begin)}};
}

Json decode_on_both(const std::vector<EncodedImage>& files, int threads, const Run& run) {
  auto gpu = std::async(std::launch::async, [&] { return decode_on_gpu(files, run); });
  const Json cpu = decode_on_cpu(files, threads, run);
  const double by_gpu = gpu.get().at("pictures_per_second");
  const double by_cpu = cpu.at("pictures_per_second");
  return {{"decoder", "both at once"},
          {"threads", threads},
          {"of_gpu", by_gpu},
          {"of_cpu", by_cpu},
          {"pictures_per_second", by_gpu + by_cpu}};
}

void measure(const Run& run) {
  const auto files = read_all(run.files);
  std::cout << decode_on_gpu(files, run).dump() << std::endl;
  const int most = base::available_cpus();
  for (int threads = 1; threads <= most;
       threads = threads < most ? std::min(2 * threads, most) : most + 1) {
    std::cout << decode_on_cpu(files, threads, run).dump() << std::endl;
  }
  std::cout << decode_on_both(files, std::max(most - most / 4, 1), run).dump() << std::endl;
}

}  // namespace
}  // namespace yolofleet::bench

int main(int argc, char** argv) {
  CLI::App app{"How fast a GPU and the CPU decode JPEG files."};
  yolofleet::bench::Run run;
  app.add_option("files", run.files, "JPEG files")->required()->check(CLI::ExistingFile);
  app.add_option("--device", run.device, "index of the GPU")->capture_default_str();
  app.add_option("--seconds", run.seconds, "of each measurement")
      ->check(CLI::Range{0.01, 3600.0})
      ->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  try {
    yolofleet::bench::measure(run);
    return 0;
  } catch (const std::exception& error) {
    std::cerr << "jpeg_bench: " << error.what() << '\n';
    return 1;
  }
}
