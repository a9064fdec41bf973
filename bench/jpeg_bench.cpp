// Measures how many JPEG files a second a GPU's decoder decodes to planes in its memory, in batches
// and from as many threads as a fleet gives it, and how many the CPU decodes to planes with 1, 2,
// 4 ... threads: each alone, from memory; then both at once, with as many threads of the CPU as a
// fleet has. Prints a JSON object a line. No fleet can decode faster than the sum.

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
#include "fleet/decoders.hpp"
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

/// A batch of those files that the decoder takes.
std::vector<backend::Job> batch_of(const std::vector<EncodedImage>& files,
                                   const backend::Decoder& decoder, std::size_t first) {
  std::vector<backend::Job> jobs;
  const std::size_t tries = std::max(files.size(), decoder.batch());
  for (std::size_t i = 0; i < tries && jobs.size() < decoder.batch(); ++i) {
    const EncodedImage& file = files[(first + i) % files.size()];
    if (decoder.takes(file)) {
      jobs.push_back({first + i, file});
    }
  }
  if (jobs.empty()) {
    throw std::runtime_error("the decoder takes none of the files");
  }
  return jobs;
}

struct Counts {
  std::atomic<std::size_t> tried = 0;  // files for which there was memory
  std::atomic<std::size_t> decoded = 0;
};

/// Decodes the batch, and puts the files back in the places of their pictures.
void decode_and_drop(backend::Decoder& decoder, std::vector<backend::Job>& jobs, Counts& counts) {
  const auto tried = decoder.decode(jobs);
  if (!tried) {
    throw std::runtime_error(tried.error().message);
  }
  counts.tried += *tried;
  for (backend::Job& job : jobs) {
    if (std::holds_alternative<DeviceImage>(job.picture)) {
      job.picture = std::move(job.file);
      ++counts.decoded;
    }
  }
}

/// The files again and again, from as many threads as the decoder wants.
Json decode_on_gpu(const std::vector<EncodedImage>& files, const Run& run) {
  const auto decoder = open_decoder(run.device);
  std::vector<std::vector<backend::Job>> batches;
  for (std::size_t i = 0; i < decoder->threads(); ++i) {
    batches.push_back(batch_of(files, *decoder, i * decoder->batch()));
    Counts first;
    decode_and_drop(*decoder, batches.back(), first);
  }
  Counts counts;
  const auto begin = Clock::now();
  std::vector<std::future<void>> working;
  for (std::vector<backend::Job>& jobs : batches) {
    working.push_back(std::async(std::launch::async, [&] {
      while (seconds_since(begin) < run.seconds) {
        decode_and_drop(*decoder, jobs, counts);
      }
    }));
  }
  for (auto& one : working) {
    one.get();
  }
  return {{"decoder", decoder->description()},
          {"threads", decoder->threads()},
          {"pictures_per_second", static_cast<double>(counts.decoded) / seconds_since(begin)},
          {"not_decoded", counts.tried - counts.decoded}};
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
  std::cout << decode_on_both(files, fleet::threads_beside_devices(most), run).dump() << std::endl;
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
