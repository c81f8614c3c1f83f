namespace Spud;

/// <summary>
/// A device and its one stream: work is queued in call order. All components of one backend on one device share one instance;
/// the host's memory is a domain too and belongs to the runtime.
/// </summary>
public interface IMemoryDomain
{
    /// <summary>For people: "host", "torch cuda:0".</summary>
    string Name { get; }

    /// <summary>Whether the processor reads its addresses.</summary>
    bool IsHost { get; }

    /// <summary>Memory, zeroed and at least 64-byte aligned.</summary>
    /// <param name="bytes">At least 1.</param>
    /// <exception cref="InsufficientMemoryException">There is not so much.</exception>
    nint Allocate(long bytes);

    /// <summary>Gives memory back, once queued work has ended. Does not throw: memory of a lost device is gone already.</summary>
    /// <param name="address">What <see cref="Allocate"/> returned.</param>
    /// <param name="bytes">What it was asked for.</param>
    void Free(nint address, long bytes);

    /// <summary>
    /// Copies between equal shapes, inside the domain or to and from the host, and converts: any type to F32, F32 to F16, BF16 or a
    /// page type, or any type to itself. A host source may be changed when this returns; a host destination may be read after
    /// <see cref="Wait"/>. A device need not convert: it may refuse types that it does not compute in.
    /// </summary>
    /// <exception cref="ArgumentException">The shapes differ or no such conversion exists.</exception>
    /// <exception cref="DeviceLostException">The device is gone.</exception>
    void Copy(in TensorView source, in TensorView destination);

    /// <summary>
    /// Writes rows of keys and values, encoded, into pages: row t goes to entry <c>slots[t] = page * P + key</c> of the pool.
    /// </summary>
    /// <param name="heads">Keys F32 [T, G, D] and values F32 [T, G, Dv].</param>
    /// <param name="slots">I32 [T] on the host, each inside the pool, none twice; may be changed when this returns.</param>
    /// <param name="pool">Keys [N, G, P, D] and values [N, G, P, Dv].</param>
    /// <exception cref="DeviceLostException">The device is gone.</exception>
    void Append(in Heads heads, in TensorView slots, PagePool pool);

    /// <summary>Returns when all queued work has ended; what failed on the device is thrown here at the latest.</summary>
    /// <exception cref="DeviceLostException">The device is gone.</exception>
    void Wait();
}
