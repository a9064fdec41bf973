#include "backend/tensorrt/jpeg/jpeg_engine.hpp"

#include <fmt/format.h>

#include <utility>

#include "base/fail.hpp"

namespace yolofleet::backend::tensorrt {

using nvjpeg::Status;

namespace {

/// The pictures that nvJPEG is told to have memory for. Its pool then takes 63 MiB (measured,
/// version 13.0.1).
constexpr int kPooledFiles = 64;
constexpr int kPooledSide = 1024;

}  // namespace

JpegEngine::JpegEngine(NvjpegLibrary library, int device)
    : library_(std::move(library)),
      device_(device),
      stream_(cuda::make_stream(device)),
      done_(cuda::make_blocking_event(device)) {}

JpegEngine::~JpegEngine() {
  cuda::clean_up_with_device(device_, [this] {
    static_cast<void>(cudaStreamSynchronize(stream_.get()));
    drop_state();
    if (handle_ != nullptr) {
      static_cast<void>(library_.destroy(handle_));
    }
  });
}

Status JpegEngine::open(nvjpeg::Backend backend) {
  // With its flag for strictness nvJPEG looks through each file once more, which takes a third of
  // its thread's time (docs/measurements/2026-12-01.md), and in tests it noticed nothing that
  // `end_of_scan` doesn't.
  constexpr unsigned kNoFlags = 0;
  const Status status = library_.create(backend, nullptr, nullptr, kNoFlags, &handle_);
  if (status != Status::kSuccess) {
    handle_ = nullptr;
  }
  return status;
}

Result<std::unique_ptr<JpegEngine>> JpegEngine::make(const NvjpegLibrary& library, int device,
                                                     nvjpeg::Backend backend) {
  std::unique_ptr<JpegEngine> engine{new JpegEngine{library, device}};
  if (const Status status = engine->open(backend); status != Status::kSuccess) {
    static_cast<void>(cudaGetLastError());
    return base::fail(ErrorCode::kUnsupported, "{}", text_of(status));
  }
  return engine;
}

void JpegEngine::drop_state() noexcept {
  if (state_ != nullptr) {
    static_cast<void>(library_.destroy_state(state_));
    state_ = nullptr;
  }
  batch_ = 0;
}

Status JpegEngine::make_state() {
  if (const Status status = library_.create_state(handle_, &state_); status != Status::kSuccess) {
    state_ = nullptr;
    return status;
  }
  // After this call nvJPEG keeps a pool of memory, which grows when a larger file comes
  // (github.com/NVIDIA/DALI/pull/3067). Without a pool the card's engines decode two thirds as many
  // 4:4:4 files a second (docs/measurements/2026-12-01.md). If the call fails, there is none.
  if (library_.pre_allocate_batched != nullptr) {
    static_cast<void>(library_.pre_allocate_batched(handle_, state_, kPooledFiles, kPooledSide,
                                                    kPooledSide, nvjpeg::kSubsampling444,
                                                    nvjpeg::kOutputYuv));
    static_cast<void>(cudaGetLastError());
  }
  return Status::kSuccess;
}

Status JpegEngine::enqueue(std::span<const JpegTask> batch) {
  if (state_ == nullptr) {
    if (const Status status = make_state(); status != Status::kSuccess) {
      return status;
    }
  }
  if (batch_ != batch.size()) {
    constexpr int kThreads = 1;
    const Status status = library_.initialize_batched(
        handle_, state_, static_cast<int>(batch.size()), kThreads, nvjpeg::kOutputYuv);
    if (status != Status::kSuccess) {
      return status;
    }
    batch_ = batch.size();
  }
  files_.clear();
  sizes_.clear();
  targets_.clear();
  for (const JpegTask& task : batch) {
    files_.push_back(reinterpret_cast<const unsigned char*>(task.file.data()));
    sizes_.push_back(task.file.size());
    nvjpeg::Image& target = targets_.emplace_back();
    for (std::size_t plane = 0; plane < task.planes.planes.size(); ++plane) {
      // The view is constant for its readers; the engine fills the planes.
      target.channel[plane] = const_cast<unsigned char*>(task.planes.planes[plane]);
      target.pitch[plane] = task.planes.strides[plane];
    }
  }
  return library_.decode_batched(handle_, state_, files_.data(), sizes_.data(), targets_.data(),
                                 stream_.get());
}

Status JpegEngine::decode(std::span<const JpegTask> batch) {
  const Status status = enqueue(batch);
  cuda::check(cudaEventRecord(done_.get(), stream_.get()));
  cuda::check(cudaEventSynchronize(done_.get()));
  if (status != Status::kSuccess) {
    drop_state();
    static_cast<void>(cudaGetLastError());
  }
  return status;
}

std::string text_of(Status status) {
  const auto name = [&] {
    switch (status) {
      case Status::kSuccess:
        return "success";
      case Status::kNotInitialized:
        return "not initialised";
      case Status::kInvalidParameter:
        return "invalid parameter";
      case Status::kBadJpeg:
        return "bad JPEG";
      case Status::kJpegNotSupported:
        return "JPEG not supported";
      case Status::kAllocatorFailure:
        return "an allocation failed";
      case Status::kExecutionFailed:
        return "execution failed";
      case Status::kArchMismatch:
        return "not on this kind of GPU";
      case Status::kInternalError:
        return "internal error";
      case Status::kImplementationNotSupported:
        return "not supported";
      case Status::kIncompleteBitstream:
        return "incomplete JPEG";
    }
    return "unknown answer";
  };
  return fmt::format("{} ({})", name(), static_cast<int>(status));
}

}  // namespace yolofleet::backend::tensorrt
