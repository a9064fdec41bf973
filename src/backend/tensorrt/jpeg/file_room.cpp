#include "backend/tensorrt/jpeg/file_room.hpp"

#include <algorithm>

#include "cuda/check.hpp"
#include "image/jpeg_blocks.hpp"

namespace yolofleet::backend::tensorrt {
namespace {

constexpr std::size_t kAlignment = 256;  // of files; the kernel reads whole vectors of them

constexpr std::size_t aligned(std::size_t bytes) {
  return (bytes + kAlignment - 1) / kAlignment * kAlignment;
}

/// Files with very many restart markers may need more, and then have room for fewer.
constexpr std::size_t words_bytes(std::size_t bytes, std::size_t files) {
  return bytes + files * 1024;
}

std::size_t restarts_of(const image::JpegHeader& header, const image::ScanShape& shape) {
  return header.restart_interval == 0
             ? 0
             : shape.mcus / static_cast<std::size_t>(header.restart_interval);
}

}  // namespace

FileRoom::FileRoom(int device, std::size_t bytes, std::size_t files)
    : files_(device, aligned(bytes)),
      scans_(device, files * sizeof(ops::DeviceScan)),
      has_all_(device, files),
      words_(device, words_bytes(bytes, files)),
      stream_(cuda::make_stream(device)),
      checked_(cuda::make_blocking_event(device)),
      most_(files) {}

FileRoom::~FileRoom() {
  cuda::clean_up_with_device(stream_.device(),
                             [this] { static_cast<void>(cudaStreamSynchronize(stream_.get())); });
}

void FileRoom::clear() noexcept {
  if (checking_) {  // an error kept its result from being taken
    static_cast<void>(cudaStreamSynchronize(stream_.get()));
    checking_ = false;
  }
  count_ = 0;
  used_ = 0;
  used_words_ = 0;
}

std::optional<std::span<const std::byte>> FileRoom::add(std::span<const std::byte> file,
                                                        const image::JpegHeader& header,
                                                        std::size_t scan_end) noexcept {
  const image::ScanShape shape = image::shape_of(header);
  const std::size_t begin = aligned(used_);
  const std::size_t words = ops::words_for(scan_end - header.scan_data, restarts_of(header, shape));
  if (count_ == most_ || begin + file.size() > files_.bytes() ||
      (used_words_ + words) * sizeof(std::uint32_t) > words_.bytes()) {
    return std::nullopt;
  }
  std::byte* const to = files_.as<std::byte>() + begin;
  std::copy(file.begin(), file.end(), to);
  ops::DeviceScan& scan = scans_.as<ops::DeviceScan>()[count_];
  scan.file = files_.as<std::uint8_t>() + begin;
  scan.begin = static_cast<std::uint32_t>(header.scan_data);
  scan.end = static_cast<std::uint32_t>(scan_end);
  const auto& tables = header.tables;
  for (std::size_t i = 0; i < tables.dc.size(); ++i) {
    scan.tables[i] = static_cast<std::uint32_t>(tables.dc[i]);
    scan.tables[tables.dc.size() + i] = static_cast<std::uint32_t>(tables.ac[i]);
  }
  scan.shape = shape;
  const auto interval = static_cast<std::uint32_t>(header.restart_interval);
  scan.restart_interval = interval < shape.mcus ? interval : 0;  // else there are no markers
  scan.words = words_.as<std::uint32_t>() + used_words_;
  has_all_.as<std::uint8_t>()[count_] = 0;
  ++count_;
  used_ = begin + file.size();
  used_words_ += words;
  return std::span<const std::byte>{to, file.size()};
}

void FileRoom::check() {
  checking_ = true;
  ops::enqueue_has_all_blocks(scans_.as<ops::DeviceScan>(), has_all_.as<std::uint8_t>(),
                              static_cast<int>(count_), stream_.get());
  cuda::check(cudaEventRecord(checked_.get(), stream_.get()));
}

std::span<const std::uint8_t> FileRoom::has_all_blocks() {
  cuda::check(cudaEventSynchronize(checked_.get()));
  checking_ = false;
  return {has_all_.as<std::uint8_t>(), count_};
}

}  // namespace yolofleet::backend::tensorrt
