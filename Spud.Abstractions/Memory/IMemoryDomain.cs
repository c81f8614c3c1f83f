namespace Spud;

/// <summary>
/// The memory of a device and its one stream, in which work is queued in the order of the calls. All components of a backend on one device
/// share one instance. The host's memory is a domain too, which the runtime provides.
/// </summary>
public interface IMemoryDomain
{
    /// <summary>Name for people: "host", "torch cuda:0".</summary>
    string Name { get; }

    /// <summary>Whether the processor can read and write its memory by address.</summary>
    bool IsHost { get; }

    /// <summary>Allocates memory, zeroed and aligned to at least 64 bytes.</summary>
    /// <param name="bytes">At least 1.</param>
    /// <exception cref="InsufficientMemoryException">There is too little memory.</exception>
    nint Allocate(long bytes);

    /// <summary>Frees memory when queued work has ended. Does not throw: the memory of a lost device is already gone.</summary>
    /// <param name="address">What <see cref="Allocate"/> returned.</param>
    /// <param name="bytes">The size that was allocated.</param>
    void Free(nint address, long bytes);

    /// <summary>
    /// Copies between equal shapes, inside the domain or to or from the host, and converts: any type to itself or to F32, and F32 to F16, BF16 or
    /// a page type. A source on the host may be changed when this returns; a destination on the host may be read after <see cref="Wait"/>. A
    /// device may refuse to convert types that it does not compute in.
    /// </summary>
    /// <exception cref="ArgumentException">The shapes differ, or the conversion is not supported.</exception>
    /// <exception cref="DeviceLostException">The device is lost.</exception>
    void Copy(in TensorView source, in TensorView destination);

    /// <summary>
    /// Encodes rows of keys and values, and writes them into pages: row t goes to entry <c>slots[t] = page * P + key</c> of the pool.
    /// </summary>
    /// <param name="heads">Keys F32 [T, G, D] and values F32 [T, G, Dv].</param>
    /// <param name="slots">I32 [T] on the host, all different, each 0 .. N * P - 1; may be changed when this returns.</param>
    /// <param name="pool">Keys [N, G, P, D] and values [N, G, P, Dv].</param>
    /// <exception cref="DeviceLostException">The device is lost.</exception>
    void Append(in Heads heads, in TensorView slots, PagePool pool);

    /// <summary>Waits for all queued work. An error on the device is thrown here at the latest.</summary>
    /// <exception cref="DeviceLostException">The device is lost.</exception>
    void Wait();
}
