// Chooses an nvJPEG, one of its back ends, and the memory for a decoder's pictures.

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "backend/tensorrt/jpeg/jpeg_decoder.hpp"
#include "base/fail.hpp"

namespace yolofleet::backend::tensorrt {
namespace {

constexpr std::size_t kMebibyte = std::size_t{1} << 20U;
/// Several batches of pictures of a megapixel: while one is decoded, the lane has the others.
constexpr std::size_t kMostMemory = 512 * kMebibyte;
/// Less than a batch of small pictures isn't worth the decoder.
constexpr std::size_t kLeastMemory = 32 * kMebibyte;
/// For the check files and for a batch of those that are measured.
constexpr std::size_t kCheckMemory = 48 * kMebibyte;
constexpr std::size_t kLeastFree = 256 * kMebibyte;  // with what nvJPEG takes itself
/// Memory for the files of a batch, page-locked, and as much on the device: files of a megapixel.
constexpr std::size_t kRoomForFiles = 16 * kMebibyte;

struct Candidate {
  std::vector<std::unique_ptr<JpegEngine>> engines;
  EngineSkills skills;
  std::string name;  // "nvJPEG 13.0.1, hardware"
};

const char* name_of(nvjpeg::Backend backend) {
  return backend == nvjpeg::Backend::kHardware ? "hardware" : "CUDA kernels";
}

/// Why the engine isn't used: that it decodes fewer pictures than a core. Empty if it is.
std::string too_slow(JpegEngine& engine, PlaneMemory& memory) {
  const DecodingRates rates = measure_rates(engine, memory, kJpegBatch);
  return rates.engine > rates.core
             ? ""
             : fmt::format("{:.0f} pictures/s, a core of the CPU {:.0f}", rates.engine, rates.core);
}

/// The engines of this back end; or the reason why they aren't used.
Result<Candidate> candidate_of(const NvjpegLibrary& library, int device, nvjpeg::Backend backend,
                               PlaneMemory& memory) {
  Candidate candidate;
  candidate.name = fmt::format("nvJPEG {}, {}", library.version(), name_of(backend));
  const auto refused = [&](const std::string& why) {
    return base::fail(ErrorCode::kUnsupported, "{}: {}", candidate.name, why);
  };
  auto engine = JpegEngine::make(library, device, backend);
  if (!engine) {
    return refused(engine.error().message);
  }
  JpegEngine& first = **engine;
  candidate.engines.push_back(*std::move(engine));
  candidate.skills = skills_of(first, memory);
  if (!candidate.skills.any()) {
    return refused("its planes differ from the CPU's");
  }
  if (backend != nvjpeg::Backend::kHardware) {
    if (const std::string why = too_slow(first, memory); !why.empty()) {
      return refused(why);
    }
    return candidate;  // its kernels fill the device from one thread
  }
  while (candidate.engines.size() < kJpegEngines) {
    auto another = JpegEngine::make(library, device, backend);
    if (!another) {  // no memory
      break;
    }
    candidate.engines.push_back(*std::move(another));
  }
  return candidate;
}

/// The best candidate; or all reasons, with "; " between them.
Result<Candidate> choose(int device, const std::vector<std::string>& libraries,
                         PlaneMemory& memory) {
  std::string reasons;
  const auto note = [&](const Error& error) {
    reasons += (reasons.empty() ? "" : "; ") + error.message;
  };
  for (const std::string& file : libraries) {
    const auto library = NvjpegLibrary::open(file);
    if (!library) {
      note(library.error());
      continue;
    }
    for (const auto backend : {nvjpeg::Backend::kHardware, nvjpeg::Backend::kGpuHybrid}) {
      auto candidate = candidate_of(*library, device, backend, memory);
      if (candidate) {
        return candidate;
      }
      note(candidate.error());
    }
  }
  return base::fail(ErrorCode::kNotFound, "{}", reasons);
}

tl::unexpected<Error> no_decoder_memory(const std::string& id, std::size_t free) {
  return base::fail(ErrorCode::kTooLarge,
                    "{}: {} MiB of its memory are free; its JPEG decoder needs {} MiB", id,
                    free / kMebibyte, kLeastFree / kMebibyte);
}

/// As much memory as is left, up to half of it. Throws cuda::CudaError.
Result<std::shared_ptr<PlaneMemory>> make_memory(const std::string& id, int device) {
  const std::size_t free = cuda::free_bytes(device);
  for (std::size_t bytes = std::min(kMostMemory, free / 2); bytes >= kLeastMemory; bytes /= 2) {
    try {
      return std::make_shared<PlaneMemory>(device, bytes);
    } catch (const cuda::CudaError& error) {
      if (error.code() != cudaErrorMemoryAllocation) {
        throw;
      }
    }
  }
  return no_decoder_memory(id, free);
}

Result<std::unique_ptr<Decoder>> open_here(const CudaDevice& card, std::int64_t max_pixels,
                                           const std::vector<std::string>& libraries,
                                           std::vector<std::string>& reasons) {
  const std::string id = id_of(card);
  if (const std::size_t free = cuda::free_bytes(card.index); free < kLeastFree) {
    return no_decoder_memory(id, free);
  }
  auto chosen =
      choose(card.index, libraries, *std::make_shared<PlaneMemory>(card.index, kCheckMemory));
  if (!chosen) {
    reasons.push_back(id + ": the CPU decodes its JPEG files: " + chosen.error().message);
    return nullptr;
  }
  JpegDecoderParts parts;
  parts.device = id;
  parts.index = card.index;
  parts.description = fmt::format("{}: JPEG files by {}", id, chosen->name);
  parts.engines = std::move(chosen->engines);
  parts.skills = chosen->skills;
  parts.max_pixels = max_pixels;
  for (std::size_t i = 0; i <= parts.engines.size(); ++i) {
    parts.rooms.push_back(std::make_unique<FileRoom>(card.index, kRoomForFiles, kJpegBatch));
  }
  return make_memory(id, card.index).map([&](std::shared_ptr<PlaneMemory> memory) {
    parts.memory = std::move(memory);
    return make_jpeg_decoder(std::move(parts));
  });
}

}  // namespace

Result<std::unique_ptr<Decoder>> open_jpeg_decoder(const CudaDevice& card, std::int64_t max_pixels,
                                                   const std::vector<std::string>& libraries,
                                                   std::vector<std::string>& reasons) {
  return cuda::try_with_device(card.index,
                               [&] { return open_here(card, max_pixels, libraries, reasons); });
}

}  // namespace yolofleet::backend::tensorrt
