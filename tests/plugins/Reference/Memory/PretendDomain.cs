using Spud;

namespace Reference;

/// <summary>
/// A device that is none: host memory under addresses that nobody else can read, because a high bit of them is turned over. It works
/// at once, but what it copies to the host gets there when somebody waits, so that a host which forgets to wait reads what was there
/// before.
/// </summary>
/// <param name="host">Does the work; any host's will do.</param>
/// <param name="fault">What it does wrong on purpose.</param>
internal sealed class PretendDomain(IMemoryDomain host, Fault fault) : IMemoryDomain, IMergesStates
{
    private static readonly nint Disguise = unchecked((nint)(1UL << 62));
    private readonly Lock _gate = new();
    private readonly List<Arrival> _arrivals = [];
    private readonly List<(TensorView Source, TensorView Destination)> _late = [];
    private int _pending;

    public string Name => fault == Fault.None ? "pretend" : $"pretend ({fault})";

    public bool IsHost => false;

    /// <summary>Whether a fault is a device's.</summary>
    public static bool Has(Fault fault) => fault is Fault.LeavesMemoryDirty or Fault.ReadsSourcesLate or Fault.ForgetsRows or Fault.CopiesAnyShape;

    /// <summary>Where the memory really is.</summary>
    public static nint Real(nint address) => address ^ Disguise;

    public nint Allocate(long bytes)
    {
        nint address = host.Allocate(bytes);
        if (fault == Fault.LeavesMemoryDirty && bytes >= sizeof(float))
            new TensorView(host, address, ElementType.F32, 1).Floats[0] = 1;
        return Real(address);
    }

    public void Free(nint address, long bytes) => host.Free(Real(address), bytes);

    public void Copy(in TensorView source, in TensorView destination)
    {
        Require(source);
        Require(destination);
        if (fault == Fault.CopiesAnyShape && !source.Shape.SequenceEqual(destination.Shape))
            return;

        lock (_gate)
        {
            if (fault == Fault.ReadsSourcesLate && source.Domain.IsHost)
                _late.Add((source, destination));
            else if (destination.Domain.IsHost && !source.Domain.IsHost)
                Send(source, destination);
            else
                host.Copy(OnHost(source), OnHost(destination));
        }
    }

    public void Append(in Heads heads, in TensorView slots, PagePool pool)
    {
        Append(heads.Key, slots, pool.Keys);
        Append(heads.Value, slots, pool.Values);
    }

    public void Merge(in AttentionState from, in AttentionState into) => ((IMergesStates)host).Merge(OnHost(from), OnHost(into));

    public void Wait()
    {
        lock (_gate)
        {
            foreach ((TensorView source, TensorView destination) in _late)
                host.Copy(OnHost(source), OnHost(destination));

            _late.Clear();
            for (int i = 0; i < _pending; i++)
                host.Copy(_arrivals[i].Staged, _arrivals[i].Destination);

            _pending = 0;
        }
    }

    /// <summary>The same bytes as a view of the host's.</summary>
    private AttentionState OnHost(in AttentionState state) => new() { Max = OnHost(state.Max), Sum = OnHost(state.Sum), Accumulator = OnHost(state.Accumulator) };

    private TensorView OnHost(in TensorView view) => new(host, view.Domain.IsHost ? view.Address : Real(view.Address), view.Type, view.Shape);

    // What arrives is what the source holds now: later work may change it. Buffers are kept for the next time.
    private void Send(in TensorView source, in TensorView destination)
    {
        if (_pending == _arrivals.Count)
            _arrivals.Add(default);

        Arrival arrival = _arrivals[_pending];
        if (arrival.Bytes < destination.Bytes)
        {
            if (arrival.Bytes > 0)
                host.Free(arrival.Buffer, arrival.Bytes);
            arrival = arrival with { Buffer = host.Allocate(destination.Bytes), Bytes = destination.Bytes };
        }

        arrival = arrival with { Staged = new(host, arrival.Buffer, destination.Type, destination.Shape), Destination = destination };
        host.Copy(OnHost(source), arrival.Staged);
        _arrivals[_pending++] = arrival;
    }

    private void Append(in TensorView rows, in TensorView slots, in TensorView pages)
    {
        Require(rows);
        Require(pages);
        ReadOnlySpan<int> to = slots.AsSpan<int>();
        int rowCount = fault == Fault.ForgetsRows ? to.Length - 1 : to.Length;
        for (int row = 0; row < rowCount; row++)
        {
            (int page, int key) = Math.DivRem(to[row], pages.Shape[2]);
            for (int head = 0; head < rows.Shape[1]; head++)
                host.Copy(OnHost(rows.At(row).At(head)), OnHost(pages.At(page).At(head).At(key)));
        }
    }

    private void Require(in TensorView view)
    {
        if (!view.Domain.IsHost && view.Domain != this)
            throw new ArgumentException($"{Name}: a view lies in {view.Domain.Name} memory, which this device cannot reach: copy it to the host first.");
    }

    private readonly record struct Arrival(nint Buffer, long Bytes, TensorView Staged, TensorView Destination);
}
