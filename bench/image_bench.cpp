// Decoding and encoding by format, on a generated picture of the size of a usual photo.
// image_bench [OPTION...] [FILE.jpg...]: also decodes these files.
#include <benchmark/benchmark.h>
// jpeglib.h needs what stands above it.
#include <cstdio>

#include <jpeglib.h>
#include <webp/encode.h>

#include <array>
#include <cmath>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "image/decode.hpp"
#include "yolofleet/image.hpp"

namespace {

using yolofleet::Image;
using yolofleet::ImageFormat;
using File = std::vector<std::byte>;

constexpr int kWidth = 768;
constexpr int kHeight = 576;

/// Waves with a little noise: about as compressible as a photo.
const Image& photo() {
  static const Image kPhoto = [] {
    Image image(kWidth, kHeight);
    std::uint32_t noise = 1;
    std::size_t at = 0;
    for (int y = 0; y < kHeight; ++y) {
      for (int x = 0; x < kWidth; ++x) {
        noise = (noise * 1664525U) + 1013904223U;
        for (int c = 0; c < 3; ++c) {
          const double wave = std::sin((x * (0.02 + (0.01 * c))) + (std::sin(y * 0.03) * 3)) +
                              (0.5 * std::sin((x + (2 * y)) * 0.2));
          const double grain = static_cast<double>((noise >> (8 * c)) & 15U);
          image.pixels()[at++] = static_cast<std::uint8_t>(120 + (60 * wave) + grain);
        }
      }
    }
    return image;
  }();
  return kPhoto;
}

File webp(bool lossless) {
  std::uint8_t* encoded = nullptr;
  const std::uint8_t* pixels = photo().pixels().data();
  const int stride = static_cast<int>(photo().stride());
  const std::size_t size = lossless
                               ? WebPEncodeLosslessRGB(pixels, kWidth, kHeight, stride, &encoded)
                               : WebPEncodeRGB(pixels, kWidth, kHeight, stride, 80, &encoded);
  const auto* first = reinterpret_cast<const std::byte*>(encoded);
  File file(first, first + size);
  WebPFree(encoded);
  return file;
}

File bmp() {
  File file;
  const auto put = [&](std::uint32_t value, int bytes) {
    for (int i = 0; i < bytes; ++i) {
      file.push_back(static_cast<std::byte>(value >> (8 * i)));
    }
  };
  put(0x4D42, 2);
  put(0, 4);
  put(0, 4);
  put(54, 4);
  for (const std::uint32_t value : {40U, std::uint32_t{kWidth}, std::uint32_t{kHeight}}) {
    put(value, 4);
  }
  put(1, 2);
  put(24, 2);
  for (int i = 0; i < 6; ++i) {
    put(0, 4);
  }
  for (const std::uint8_t byte : photo().pixels()) {
    put(byte, 1);
  }
  return file;
}

void count(benchmark::State& state) {
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()));
}

void open_libjpeg(jpeg_decompress_struct& info, jpeg_error_mgr& errors, const File& file) {
  info.err = jpeg_std_error(&errors);
  jpeg_create_decompress(&info);
  jpeg_mem_src(&info, reinterpret_cast<const unsigned char*>(file.data()), file.size());
  jpeg_read_header(&info, TRUE);
}

void decode(benchmark::State& state, const File& file) {
  for (auto _ : state) {
    auto image = Image::decode(file);
    if (!image) {
      state.SkipWithError(image.error().message.c_str());
      break;
    }
    benchmark::DoNotOptimize(image->pixels().data());
  }
  count(state);
}

/// To planes, at a fraction of the size.
template <int kDivisor>
void decode_planes(benchmark::State& state, const File& file) {
  for (auto _ : state) {
    auto decoded = yolofleet::image::decode(file, {}, yolofleet::image::Wanted::kPlanes,
                                            [](int, int) { return kDivisor; });
    if (!decoded) {
      state.SkipWithError(decoded.error().message.c_str());
      break;
    }
    benchmark::DoNotOptimize(decoded->width);
  }
  count(state);
}

/// A plane that libjpeg fills in whole MCUs.
struct RawPlane {
  explicit RawPlane(const jpeg_decompress_struct& info, const jpeg_component_info& component)
      : stride(std::size_t{component.width_in_blocks} * DCTSIZE),
        at_once(static_cast<std::size_t>(component.v_samp_factor) * DCTSIZE),
        samples(stride * at_once * info.total_iMCU_rows),
        rows(at_once) {}

  JSAMPARRAY next() {
    for (JSAMPROW& row : rows) {
      row = samples.data() + (first_row++ * stride);
    }
    return rows.data();
  }

  std::size_t stride;
  std::size_t at_once;
  std::vector<std::uint8_t> samples;
  std::vector<JSAMPROW> rows;
  std::size_t first_row = 0;
};

/// libjpeg-turbo's raw decoding alone, into buffers that stay: the yardstick of `decode_planes`.
void libjpeg_raw(benchmark::State& state, const File& file) {
  std::vector<RawPlane> planes;
  for (auto _ : state) {
    jpeg_decompress_struct info{};
    jpeg_error_mgr errors{};
    open_libjpeg(info, errors, file);
    info.raw_data_out = TRUE;
    jpeg_start_decompress(&info);
    for (int i = 0; planes.size() < static_cast<std::size_t>(info.num_components); ++i) {
      planes.emplace_back(info, info.comp_info[i]);
    }
    for (RawPlane& plane : planes) {
      plane.first_row = 0;
    }
    while (info.output_scanline < info.output_height) {
      std::array<JSAMPARRAY, 4> rows{};
      for (std::size_t i = 0; i < planes.size(); ++i) {
        rows[i] = planes[i].next();
      }
      jpeg_read_raw_data(&info, rows.data(),
                         static_cast<JDIMENSION>(info.max_v_samp_factor * DCTSIZE));
    }
    jpeg_finish_decompress(&info);
    jpeg_destroy_decompress(&info);
    benchmark::DoNotOptimize(planes.front().samples.data());
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()));
}

/// libjpeg-turbo alone, into one buffer that stays: what `decode` of JPEG is measured against.
void libjpeg(benchmark::State& state, const File& file) {
  std::vector<std::uint8_t> pixels;
  for (auto _ : state) {
    jpeg_decompress_struct info{};
    jpeg_error_mgr errors{};
    open_libjpeg(info, errors, file);
    info.out_color_space = JCS_RGB;
    jpeg_start_decompress(&info);
    const std::size_t stride = std::size_t{3} * info.output_width;
    pixels.resize(stride * info.output_height);
    while (info.output_scanline < info.output_height) {
      std::array<JSAMPROW, 1> row{pixels.data() + (info.output_scanline * stride)};
      jpeg_read_scanlines(&info, row.data(), 1);
    }
    jpeg_finish_decompress(&info);
    jpeg_destroy_decompress(&info);
    benchmark::DoNotOptimize(pixels.data());
  }
  count(state);
}

void encode(benchmark::State& state, ImageFormat format) {
  std::size_t size = 0;
  for (auto _ : state) {
    auto file = yolofleet::encode_image(photo().view(), format);
    size = file->size();
    benchmark::DoNotOptimize(file->data());
  }
  count(state);
  state.counters["file_bytes"] = static_cast<double>(size);
}

void draw(benchmark::State& state) {
  Image image = photo();
  std::vector<yolofleet::Detection> detections;
  for (int i = 0; i < 20; ++i) {
    const auto at = static_cast<float>(i * 25);
    detections.push_back({{at, at, 150, 120}, i, 0.87F});
  }
  const std::vector<std::string> names(20, "traffic light");
  for (auto _ : state) {
    yolofleet::draw_detections(image, detections, names);
    benchmark::DoNotOptimize(image.pixels().data());
  }
  count(state);
}

/// To RGB and to planes, each with libjpeg alone.
void register_jpeg(const std::string& name, const File& file) {
  const auto add = [&](const char* what, auto* run) {
    benchmark::RegisterBenchmark((name + what).c_str(), run, file)->Unit(benchmark::kMillisecond);
  };
  add(", RGB", decode);
  add(", RGB, libjpeg alone", libjpeg);
  add(", planes", decode_planes<1>);
  add(", planes at 1/2", decode_planes<2>);
  add(", planes at 1/4", decode_planes<4>);
  add(", planes at 1/8", decode_planes<8>);
  add(", planes, libjpeg alone", libjpeg_raw);
}

File read_file(const char* path) {
  std::ifstream file(path, std::ios::binary);
  const std::string text(std::istreambuf_iterator<char>(file), {});
  const auto* const first = reinterpret_cast<const std::byte*>(text.data());
  return {first, first + text.size()};
}

}  // namespace

int main(int argc, char** argv) {
  const File jpeg = yolofleet::encode_image(photo().view(), ImageFormat::kJpeg).value();
  const File png = yolofleet::encode_image(photo().view(), ImageFormat::kPng).value();
  register_jpeg("decode/jpeg", jpeg);
  benchmark::Initialize(&argc, argv);
  for (int i = 1; i < argc; ++i) {
    register_jpeg(argv[i], read_file(argv[i]));
  }
  benchmark::RegisterBenchmark("decode/png", decode, png);
  benchmark::RegisterBenchmark("decode/webp", decode, webp(false));
  benchmark::RegisterBenchmark("decode/webp, lossless", decode, webp(true));
  benchmark::RegisterBenchmark("decode/bmp", decode, bmp());
  benchmark::RegisterBenchmark("encode/jpeg", encode, ImageFormat::kJpeg);
  benchmark::RegisterBenchmark("encode/png", encode, ImageFormat::kPng);
  benchmark::RegisterBenchmark("draw/20 detections", draw);
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}
