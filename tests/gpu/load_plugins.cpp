// Runs an engine without yolofleet's library: loads TensorRT and the plugins, deserialises the
// engine, and runs it once on a white picture.
// Usage: load_plugins LIBYOLOFLEET_PLUGINS ENGINE     ("-" as the library: without the plugins)
// Prints "N detections"; exit code 1 and a reason if it can't be run.

#include <NvInferRuntime.h>
#include <cuda_fp16.h>
#include <cuda_runtime_api.h>
#include <dlfcn.h>

#include <cstdio>
#include <fstream>
#include <iterator>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

class Logger final : public nvinfer1::ILogger {
  void log(Severity severity, const char* message) noexcept override {
    if (severity <= Severity::kERROR) {
      std::fprintf(stderr, "TensorRT: %s\n", message);
    }
  }
};

void* load(const std::string& file) {
  void* const library = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    throw std::runtime_error(dlerror());
  }
  return library;
}

void check(cudaError_t error) {
  if (error != cudaSuccess) {
    throw std::runtime_error(cudaGetErrorString(error));
  }
}

/// A tensor for one picture; its name decides the values that it is filled with.
void* make_tensor(const nvinfer1::ICudaEngine& engine, const char* name) {
  const nvinfer1::Dims dims = engine.getTensorShape(name);
  const bool half = engine.getTensorDataType(name) == nvinfer1::DataType::kHALF;
  std::size_t count = 1;
  for (int i = 0; i < dims.nbDims; ++i) {
    count *= dims.d[i] < 0 ? 1 : static_cast<std::size_t>(dims.d[i]);
  }
  std::vector<float> values(count, 0.0F);
  const std::string tensor = name;
  if (tensor == "input") {
    values.assign(count, 1.0F);
  } else if (tensor == "thresholds") {
    values = {0.25F, 0.45F};
  } else if (tensor == "mappings") {
    values = {1.0F, 1.0F, 0.0F, 0.0F, 64.0F, 64.0F};
  }
  std::vector<__half> halves(values.begin(), values.end());
  const void* const from = half ? static_cast<const void*>(halves.data()) : values.data();
  const std::size_t bytes = count * (half ? sizeof(__half) : sizeof(float));
  void* memory = nullptr;
  check(cudaMalloc(&memory, bytes));
  check(cudaMemcpy(memory, from, bytes, cudaMemcpyHostToDevice));
  return memory;
}

int count_detections(nvinfer1::ICudaEngine& engine) {
  const std::unique_ptr<nvinfer1::IExecutionContext> context{engine.createExecutionContext()};
  if (!context) {
    throw std::runtime_error("no context");
  }
  const void* numbers = nullptr;
  for (int i = 0; i < engine.getNbIOTensors(); ++i) {
    const char* const name = engine.getIOTensorName(i);
    void* const memory = make_tensor(engine, name);
    if (engine.getTensorIOMode(name) == nvinfer1::TensorIOMode::kINPUT) {
      nvinfer1::Dims dims = engine.getTensorShape(name);
      dims.d[0] = dims.d[0] < 0 ? 1 : dims.d[0];
      context->setInputShape(name, dims);
    } else if (std::string{name} == "num_detections") {
      numbers = memory;
    }
    context->setTensorAddress(name, memory);
  }
  if (!context->enqueueV3(nullptr)) {
    throw std::runtime_error("can't be run");
  }
  int number = -1;
  check(cudaMemcpy(&number, numbers, sizeof number, cudaMemcpyDeviceToHost));
  return number;
}

int run(const std::string& plugins, const std::string& file) {
  Logger logger;
  void* const tensorrt = load("libnvinfer.so." + std::to_string(NV_TENSORRT_MAJOR));
  if (plugins != "-") {
    load(plugins);
  }
  using Make = void* (*)(void*, int);
  const auto make = reinterpret_cast<Make>(dlsym(tensorrt, "createInferRuntime_INTERNAL"));
  const std::unique_ptr<nvinfer1::IRuntime> runtime{static_cast<nvinfer1::IRuntime*>(
      make(static_cast<nvinfer1::ILogger*>(&logger), NV_TENSORRT_VERSION))};
  std::ifstream in(file, std::ios::binary);
  const std::vector<char> bytes{std::istreambuf_iterator<char>(in), {}};
  const std::unique_ptr<nvinfer1::ICudaEngine> engine{
      runtime->deserializeCudaEngine(bytes.data(), bytes.size())};
  if (!engine) {
    throw std::runtime_error("can't be deserialised");
  }
  return count_detections(*engine);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fputs("usage: load_plugins LIBYOLOFLEET_PLUGINS ENGINE\n", stderr);
    return 2;
  }
  try {
    std::printf("%d detections\n", run(argv[1], argv[2]));
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "load_plugins: %s: %s\n", argv[2], error.what());
    return 1;
  }
}
