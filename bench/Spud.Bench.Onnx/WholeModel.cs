using System.Diagnostics;
using Microsoft.ML.OnnxRuntime;
using Spud.Models;

namespace Spud.Bench.Onnx;

/// <summary>The session of a whole model with everything bound once, as ONNX Runtime's documents advise.</summary>
internal sealed class WholeModel : IDisposable
{
    private readonly SessionOptions _options;
    private readonly InferenceSession _session;
    private readonly RunOptions _run = new();
    private readonly List<OrtValue> _pages = [];
    private readonly int _vocabulary;

    public WholeModel(GgufFile file, int contextTokens, int threads, bool spins)
    {
        ModelShape shape = new(file);
        _options = new SessionOptions { IntraOpNumThreads = threads };
        if (!spins)
            _options.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");

        _session = new InferenceSession(new WholeGraph(file, shape, contextTokens).Build(), _options);
        _vocabulary = _session.OutputMetadata["logits"].Dimensions[^1];
        for (int i = 0; i < 2 * shape.Layers; i++)
            _pages.Add(OrtValue.CreateAllocatedTensorValue(
                OrtAllocator.DefaultInstance, Microsoft.ML.OnnxRuntime.Tensors.TensorElementType.Float, [1, shape.KvHeads, contextTokens, shape.HeadWidth]));
    }

    /// <summary>Tokens per second of reading a prompt, and of so many steps after it begins anew.</summary>
    public (double Prefill, double Decode) Measure(int prompt, int generate, int seed)
    {
        Random random = new(seed);
        using Bound prefill = new(this, prompt), decode = new(this, 1);
        long start = Stopwatch.GetTimestamp();
        prefill.Step(random, 0);
        double prefillSeconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        start = Stopwatch.GetTimestamp();
        for (int i = 0; i < generate; i++)
            decode.Step(random, i);
        return (prompt / prefillSeconds, generate / Stopwatch.GetElapsedTime(start).TotalSeconds);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _pages.ForEach(static page => page.Dispose());
        _session.Dispose();
        _run.Dispose();
        _options.Dispose();
    }

    /// <summary>Inputs and outputs of steps of one length.</summary>
    private sealed class Bound : IDisposable
    {
        private readonly WholeModel _model;
        private readonly OrtIoBinding _binding;
        private readonly long[] _ids;
        private readonly int[] _lengths = new int[1], _total = new int[1];
        private readonly OrtValue[] _values;

        public Bound(WholeModel model, int tokens)
        {
            (_model, _binding, _ids) = (model, model._session.CreateIoBinding(), new long[tokens]);
            _values =
            [
                OrtValue.CreateTensorValueFromMemory(_ids, [1, tokens]), OrtValue.CreateTensorValueFromMemory(_lengths, [1]),
                OrtValue.CreateTensorValueFromMemory(_total, []), OrtValue.CreateTensorValueFromMemory(new float[model._vocabulary], [1, 1, model._vocabulary]),
            ];
            _binding.BindInput("ids", _values[0]);
            _binding.BindInput("seqlens", _values[1]);
            _binding.BindInput("total", _values[2]);
            _binding.BindOutput("logits", _values[3]);
            for (int i = 0; i < model._pages.Count; i++)
            {
                string name = (i % 2 == 0 ? "key." : "value.") + i / 2;
                _binding.BindInput("past." + name, model._pages[i]);
                _binding.BindOutput("present." + name, model._pages[i]);
            }
        }

        /// <summary>Random tokens at a position.</summary>
        public void Step(Random random, int position)
        {
            for (int i = 0; i < _ids.Length; i++)
                _ids[i] = random.Next(_model._vocabulary);

            (_lengths[0], _total[0]) = (position + _ids.Length - 1, position + _ids.Length);
            _model._session.RunWithBinding(_model._run, _binding);
        }

        public void Dispose()
        {
            _binding.Dispose();
            foreach (OrtValue value in _values)
                value.Dispose();
        }
    }
}
