using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Spud;

namespace Reference;

/// <summary>A head that goes wrong in one way.</summary>
internal sealed class FaultyHead : IHead, IFinalNorm
{
    private static int s_latestWidth;
    private static bool s_halfBuilt;
    private readonly IHead _head;
    private readonly Fault _fault;
    private readonly IBuildContext _build;
    private readonly Workspace _workspace;
    private int _calls, _open;
    private object? _last;

    public FaultyHead(Func<IHead> make, Fault fault, IBuildContext build)
    {
        if (fault == Fault.StaysHalfBuilt && s_halfBuilt)
            throw new InvalidOperationException("the build before was never ended");

        (_fault, _build, s_halfBuilt) = (fault, build, true);
        try
        {
            _head = make();
        }
        catch (RefusedException refusal) when (fault == Fault.HidesRefusals)
        {
            throw new InvalidOperationException("something is wrong", refusal);
        }

        s_halfBuilt = false;
        s_latestWidth = build.Model.HiddenWidth;
        _workspace = build.Reserve(build.Host, sizeof(float));
    }

    public IMemoryDomain Domain => _head.Domain;

    public void Embed(in Step step, in TensorView hidden)
    {
        try
        {
            _head.Embed(step, hidden);
        }
        catch (ArgumentException) when (_fault == Fault.TakesAnyShape)
        {
            return;
        }

        Span<float> first = hidden.Floats[..1];
        switch (_fault)
        {
            case Fault.WritesOutside:
                MemoryMarshal.CreateSpan(ref MemoryMarshal.GetReference(first), hidden.Floats.Length + 1)[^1] = 1;
                break;
            case Fault.WritesBefore:
                Unsafe.Subtract(ref MemoryMarshal.GetReference(first), 1) = 1;
                break;
            case Fault.CountsCalls when _open++ > 0:
                first[0] += 1;
                break;
        }
    }

    public void Logits(in Step step, in TensorView hidden, ReadOnlySpan<int> rows, in TensorView logits)
    {
        _open = 0;
        try
        {
            _head.Logits(step, hidden, _fault == Fault.ReadsFirstRows ? Enumerable.Range(0, rows.Length).ToArray() : rows, logits);
        }
        catch (ArgumentException) when (_fault == Fault.TakesAnyShape)
        {
            return;
        }

        foreach (ref float logit in logits.Floats)
            logit = Changed(logit, step.Rows);
        if (_fault == Fault.ChangesInput)
            hidden.Floats[0]++;
        if (_fault == Fault.Allocates)
            _last = new object();
        if (_fault == Fault.AllocatesOnWorkers)
            AllocateOnWorkers();

        _calls++;
        GC.KeepAlive(_last);
    }

    public void Normalise(in Step step, in TensorView hidden, ReadOnlySpan<int> rows, in TensorView normed)
    {
        try
        {
            ((IFinalNorm)_head).Normalise(step, hidden, _fault == Fault.ReadsFirstRows ? Enumerable.Range(0, rows.Length).ToArray() : rows, normed);
        }
        catch (ArgumentException) when (_fault == Fault.TakesAnyShape)
        {
            return;
        }

        if (_fault == Fault.SkipsNorm)
            hidden.Rows(0, rows.Length).Floats.CopyTo(normed.Floats);
    }

    public void Dispose()
    {
        _head.Dispose();
        if (_fault == Fault.FailsToGo)
            throw new InvalidOperationException("it stays");
    }

    private float Changed(float logit, int rows) => _fault switch
    {
        Fault.RoundsToBF16 => BitConverter.Int32BitsToSingle(BitConverter.SingleToInt32Bits(logit) & unchecked((int)0xFFFF0000)),
        Fault.KeepsState => logit + 1e-6f * _calls,
        Fault.UsesWorkspace => logit + 0 * _workspace.View(ElementType.F32, 1).Floats[0],
        Fault.IsRandom => logit + 1e-6f * Random.Shared.NextSingle(),
        Fault.DependsOnThreads => logit + 1e-6f * _build.Pool.Threads,
        Fault.DependsOnCompany => logit + 1e-6f * rows,
        Fault.SharesScratch => logit + s_latestWidth - _build.Model.HiddenWidth,
        _ => logit,
    };

    private void AllocateOnWorkers()
    {
        AllocatingJob job = new() { Kept = new object[_build.Pool.Threads] };
        _build.Pool.Run(64, ref job);
    }

    private struct AllocatingJob : IJob
    {
        public required object[] Kept;

        public readonly void Run(int part, int worker) => Kept[worker] = new object();
    }
}
