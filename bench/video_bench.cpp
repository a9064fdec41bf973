// Measures how many frames of videos a second are decoded, a thread for each file: by libavcodec
// alone, which drops them, and by VideoReader. On the CPU, or on a GPU by its video decoder. Prints
// a JSON object for each. No run of `detect` on these files can be faster.

extern "C" {
#include <libavutil/hwcontext.h>
}

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <chrono>
#include <filesystem>
#include <functional>
#include <future>
#include <iostream>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <variant>
#include <vector>

#include "video/ffmpeg/gpu_codec.hpp"
#include "video/ffmpeg/handles.hpp"
#include "yolofleet/video.hpp"

namespace yolofleet::bench {
namespace {

using namespace video::ffmpeg;
using Clock = std::chrono::steady_clock;
using Json = nlohmann::ordered_json;

struct Run {
  std::vector<std::string> files;
  std::string device = "cpu";
  int threads = 1;
};

struct Counts {
  long frames = 0;
  long on_gpu = 0;
};

void check(int error, const std::string& what) {
  if (error < 0) {
    throw std::runtime_error(what);
  }
}

/// A context of FFmpeg's own on "cuda:1"; null for the CPU.
AVBufferRef* open_device(const std::string& name) {
  AVBufferRef* device = nullptr;
  if (name != "cpu") {
    check(av_hwdevice_ctx_create(&device, AV_HWDEVICE_TYPE_CUDA,
                                 name.substr(name.find(':') + 1).c_str(), nullptr, 0),
          name + ": FFmpeg can't use it");
  }
  return device;
}

CodecContext open_codec(const AVStream& stream, const Run& run, AVBufferRef* device) {
  const AVCodecID id = stream.codecpar->codec_id;
  const AVCodec* const codec = device == nullptr ? avcodec_find_decoder(id) : find_gpu_decoder(id);
  if (codec == nullptr) {
    throw std::runtime_error("no decoder for " + std::string(avcodec_get_name(id)));
  }
  CodecContext context(allocated(avcodec_alloc_context3(codec)));
  check(avcodec_parameters_to_context(context.get(), stream.codecpar), "its header is malformed");
  context->thread_count = run.threads;
  if (device != nullptr) {
    context->hw_device_ctx = av_buffer_ref(device);  // so the codec takes the format of the GPU
  }
  check(avcodec_open2(context.get(), codec, nullptr), "its codec can't be opened");
  return context;
}

Counts decode_alone(const std::string& file, const Run& run, AVBufferRef* device) {
  AVFormatContext* opened = nullptr;
  check(avformat_open_input(&opened, file.c_str(), nullptr, nullptr), file + ": can't be opened");
  const auto close = [](AVFormatContext* format) { avformat_close_input(&format); };
  const std::unique_ptr<AVFormatContext, decltype(close)> format(opened, close);
  check(avformat_find_stream_info(opened, nullptr), file + ": has no stream");
  const int best = av_find_best_stream(opened, AVMEDIA_TYPE_VIDEO, -1, -1, nullptr, 0);
  check(best, file + ": has no video stream");
  const auto codec = open_codec(*opened->streams[best], run, device);
  const Packet packet = make_packet();
  const Frame frame = make_frame();
  Counts counts;
  bool more = true;
  while (more) {
    more = av_read_frame(opened, packet.get()) >= 0;
    if (!more || packet->stream_index == best) {
      avcodec_send_packet(codec.get(), more ? packet.get() : nullptr);
    }
    av_packet_unref(packet.get());
    while (avcodec_receive_frame(codec.get(), frame.get()) >= 0) {
      ++counts.frames;
      counts.on_gpu += is_on_gpu(*frame) ? 1 : 0;
    }
  }
  if (counts.frames == 0) {
    throw std::runtime_error(file + ": " + run.device + " gives no frame of it");
  }
  return counts;
}

Counts read(const std::string& file, const Run& run) {
  VideoOptions options;
  options.device = run.device;
  options.threads = run.threads;
  const auto reader = VideoReader::open(file, options);
  Counts counts;
  while (reader) {
    const auto frame = (*reader)->next();
    if (!frame) {
      throw std::runtime_error(frame.error().message);
    }
    if (!*frame) {
      return counts;
    }
    ++counts.frames;
    counts.on_gpu += std::holds_alternative<DeviceImage>((*frame)->picture) ? 1 : 0;
  }
  throw std::runtime_error(reader.error().message);
}

void measure(const Run& run, const char* decoder,
             const std::function<Counts(const std::string&)>& decode) {
  const auto begin = Clock::now();
  std::vector<std::future<Counts>> working;
  for (const std::string& file : run.files) {
    working.push_back(std::async(std::launch::async, [&decode, &file] { return decode(file); }));
  }
  Counts all;
  for (auto& one : working) {
    const Counts counts = one.get();
    all.frames += counts.frames;
    all.on_gpu += counts.on_gpu;
  }
  const double seconds = std::chrono::duration<double>(Clock::now() - begin).count();
  const Json line = {{"decoder", decoder},
                     {"device", run.device},
                     {"files", run.files.size()},
                     {"codec_threads", run.threads},
                     {"frames", all.frames},
                     {"on_gpu", all.on_gpu},
                     {"seconds", seconds},
                     {"frames_per_second", static_cast<double>(all.frames) / seconds}};
  std::cout << line.dump() << std::endl;
}

}  // namespace
}  // namespace yolofleet::bench

int main(int argc, char** argv) {
  CLI::App app{"How fast videos are decoded."};
  yolofleet::bench::Run run;
  app.add_option("files", run.files, "videos")
      ->required()
      ->check(CLI::ExistingFile)
      ->check([](const std::string& file) {
        return std::filesystem::is_regular_file(file) ? "" : file + " is no regular file";
      });
  app.add_option("--device", run.device, "cpu, or the GPU that decodes: cuda:0")
      ->check([](const std::string& name) {
        const bool known = name == "cpu" || (name.starts_with("cuda:") && name.size() > 5 &&
                                             name.find_first_not_of("0123456789", 5) == name.npos);
        return known ? "" : "must be cpu or cuda:N";
      })
      ->capture_default_str();
  app.add_option("--codec-threads", run.threads,
                 "threads of each file's codec; VideoReader has its own number on a GPU")
      ->check(CLI::Range{1, yolofleet::kMaxVideoThreads})
      ->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  av_log_set_level(AV_LOG_QUIET);
  try {
    AVBufferRef* device = yolofleet::bench::open_device(run.device);
    yolofleet::bench::measure(run, "libavcodec", [&](const std::string& file) {
      return yolofleet::bench::decode_alone(file, run, device);
    });
    av_buffer_unref(&device);
    yolofleet::bench::measure(run, "VideoReader", [&](const std::string& file) {
      return yolofleet::bench::read(file, run);
    });
    return 0;
  } catch (const std::exception& error) {
    std::cerr << "video_bench: " << error.what() << '\n';
    return 1;
  }
}
