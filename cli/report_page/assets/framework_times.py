"""python3 -c THIS JSON: times a model in the framework of its format and prints one JSON object: `name` and `seconds`, the least time
of a call, or why there is none, `missing` or `error`. The argument has `model`, `format`, `inputs` (name and shape, in the model's order), `seconds` and `threads`."""
import importlib
import importlib.util
import json
import os
import sys
import time

REQUEST = json.loads(sys.argv[1])
THREADS = REQUEST["threads"]
for variable in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[variable] = str(THREADS)
if THREADS == 1:  # of JAX, which takes no other number
    os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false " + os.environ.get("XLA_FLAGS", "")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")


class Missing(Exception):
    pass


def has(name):
    return importlib.util.find_spec(name) is not None


def load(*names):
    """The first of these packages that is installed."""
    for name in names:
        if has(name):
            return importlib.import_module(name)
    raise Missing("no module " + " or ".join(names))


def version(module):
    return getattr(module, "__version__", "")


def made_inputs(kinds):
    """Tensors of these shapes and types of NumPy: random real numbers, zeros of all others, which index everything."""
    numpy = load("numpy")
    source = numpy.random.default_rng(0)
    for shape, kind in kinds:
        real = numpy.issubdtype(kind, numpy.floating)
        yield (source.uniform(-1, 1, shape) if real else numpy.zeros(shape)).astype(kind)


def onnx_runtime():
    runtime = load("onnxruntime")
    options = runtime.SessionOptions()
    options.intra_op_num_threads = THREADS
    options.inter_op_num_threads = 1
    options.log_severity_level = 4
    session = runtime.InferenceSession(REQUEST["model"], options, providers=["CPUExecutionProvider"])
    shapes = {one["name"]: one["shape"] for one in REQUEST["inputs"]}
    kinds = [(shapes[one.name], kind_of_onnx(one.type)) for one in session.get_inputs()]
    feed = dict(zip((one.name for one in session.get_inputs()), made_inputs(kinds)))
    return "ONNX Runtime " + version(runtime), lambda: session.run(None, feed)


def kind_of_onnx(text):
    """"tensor(float)" as NumPy calls it."""
    word = text.removeprefix("tensor(").removesuffix(")")
    return {"float": "float32", "double": "float64"}.get(word, word)


def lite():
    package = load("ai_edge_litert", "tflite_runtime", "tensorflow")
    whole = package.__name__ == "tensorflow"
    module = package.lite if whole else importlib.import_module(package.__name__ + ".interpreter")
    interpreter = module.Interpreter(model_path=REQUEST["model"], num_threads=THREADS)
    interpreter.allocate_tensors()
    details = interpreter.get_input_details()
    for one, value in zip(details, made_inputs((one["shape"], one["dtype"]) for one in details)):
        interpreter.set_tensor(one["index"], value)
    name = {"ai_edge_litert": "LiteRT", "tflite_runtime": "TensorFlow Lite", "tensorflow": "TensorFlow Lite of TensorFlow"}
    return f"{name[package.__name__]} {version(package)}", interpreter.invoke


def keras():
    if not os.environ.get("KERAS_BACKEND"):  # its own default asks for TensorFlow, there or not
        os.environ["KERAS_BACKEND"] = next((name for name in ("tensorflow", "jax", "torch") if has(name)), "tensorflow")
    module = load("keras")
    backend = module.backend.backend()
    engine = importlib.import_module(backend)
    if backend == "tensorflow":
        engine.config.threading.set_intra_op_parallelism_threads(THREADS)
        engine.config.threading.set_inter_op_parallelism_threads(1)
    elif backend == "torch":
        engine.set_num_threads(THREADS)
    model = module.models.load_model(REQUEST["model"], compile=False)
    values = list(made_inputs((one["shape"], "float32") for one in REQUEST["inputs"]))
    return f"Keras {version(module)} on {backend}", keras_call(backend, engine, model, values)


def keras_call(backend, engine, model, values):
    def predict(*given):
        return model(list(given) if len(given) > 1 else given[0], training=False)

    if backend == "tensorflow":
        compiled, tensors = engine.function(predict), [engine.constant(value) for value in values]
        return lambda: compiled(*tensors)
    if backend == "jax":
        compiled = engine.jit(predict)
        return lambda: engine.block_until_ready(compiled(*values))
    tensors = [engine.from_numpy(value) for value in values]

    def call():
        with engine.inference_mode():
            return predict(*tensors)
    return call


def least_time(call, seconds):
    call()
    least, end = float("inf"), time.perf_counter() + seconds
    while True:
        begin = time.perf_counter()
        call()
        now = time.perf_counter()
        least = min(least, now - begin)
        if now >= end:
            return least


def answer():
    try:
        name, call = {"ONNX": onnx_runtime, "TensorFlow Lite": lite, "Keras": keras}[REQUEST["format"]]()
        return {"name": name, "seconds": least_time(call, REQUEST["seconds"])}
    except Missing as missing:
        return {"missing": str(missing)}
    except Exception as error:  # whatever a framework throws is told, not the report's end
        return {"error": f"{type(error).__name__}: {error}"[:240]}


print("\n" + json.dumps(answer()))
