using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace Backend.Torch.Native;

/// <summary>
/// Makes LibTorchSharp load on systems whose libstdc++ is older than GCC 13 (Debian 12, Ubuntu 22.04). It needs one function of that
/// version, <c>std::ios_base_library_init()</c>. In a copy of the file this import is replaced with <c>std::ios_base::Init::Init()</c>,
/// which every libstdc++ has and which does the same: it takes the address of an empty object and initialises the standard streams.
/// </summary>
internal static class OldLibstdcxx
{
    private const string NewFunction = "_ZSt21ios_base_library_initv", OldFunction = "_ZNSt8ios_base4InitC1Ev";
    private const string NewVersion = "GLIBCXX_3.4.32", OldVersion = "GLIBCXX_3.4";
    private const uint DynamicSymbols = 11, SymbolVersions = 0x6fffffff, NeededVersions = 0x6ffffffe;
    private const ushort Weak = 2;

    /// <summary>Whether this system's libstdc++ has the function.</summary>
    public static bool Suffices()
    {
        nint library = NativeLibrary.Load("libstdc++.so.6");
        bool suffices = NativeLibrary.TryGetExport(library, NewFunction, out _);
        NativeLibrary.Free(library);
        return suffices;
    }

    /// <summary>Patches the bytes of a 64-bit ELF file and returns them.</summary>
    /// <exception cref="BadImageFormatException">It is not such a file, or it needs more of the newer version than this function.</exception>
    public static byte[] Adapt(byte[] file)
    {
        try
        {
            Section[] sections = Sections(file);
            Section symbols = Array.Find(sections, section => section.Type == DynamicSymbols);
            Section needed = Array.Find(sections, section => section.Type == NeededVersions);
            Section versions = Array.Find(sections, section => section.Type == SymbolVersions);
            int names = sections[symbols.Link].Offset;
            Dictionary<string, (int Entry, ushort Index)> known = NeededEntries(file, needed.Offset, sections[needed.Link].Offset);
            ushort from = known[NewVersion].Index, to = known[OldVersion].Index;
            BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(known[NewVersion].Entry + 4), Weak);
            for (int i = 0; i < symbols.Size / 24; i++)
            {
                Span<byte> version = file.AsSpan(versions.Offset + 2 * i, 2);
                if (BinaryPrimitives.ReadUInt16LittleEndian(version) != from)
                    continue;

                int name = names + Int(file, symbols.Offset + 24 * i);
                if (Text(file, name) != NewFunction)
                    throw new BadImageFormatException($"It needs {Text(file, name)} of {NewVersion}, which this system's libstdc++ lacks.");
                Encoding.ASCII.GetBytes(OldFunction + "\0", file.AsSpan(name));
                BinaryPrimitives.WriteUInt16LittleEndian(version, to);
            }

            return file;
        }
        catch (Exception fault) when (fault is ArgumentException or IndexOutOfRangeException or KeyNotFoundException)
        {
            throw new BadImageFormatException($"It is damaged, or not the LibTorchSharp that is expected here: {fault.Message}", fault);
        }
    }

    private static Section[] Sections(byte[] file)
    {
        int table = Int(file, 0x28), size = Short(file, 0x3A), count = Short(file, 0x3C);
        return [.. Enumerable.Range(0, count).Select(i => table + i * size).Select(at =>
            new Section((uint)Int(file, at + 4), Int(file, at + 24), Int(file, at + 32), Int(file, at + 40)))];
    }

    /// <summary>Versions required of other libraries, by name: offset and index of the entry.</summary>
    private static Dictionary<string, (int Entry, ushort Index)> NeededEntries(byte[] file, int at, int names)
    {
        Dictionary<string, (int, ushort)> found = [];
        for (int library = at, next = -1; next != 0; library += next)
        {
            int entry = library + Int(file, library + 8);
            for (int left = Short(file, library + 2); left > 0; left--, entry += Int(file, entry + 12))
                found[Text(file, names + Int(file, entry + 8))] = (entry, Short(file, entry + 6));

            next = Int(file, library + 12);
        }

        return found;
    }

    private static int Int(byte[] file, int at) => BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(at));

    private static ushort Short(byte[] file, int at) => BinaryPrimitives.ReadUInt16LittleEndian(file.AsSpan(at));

    private static string Text(byte[] file, int at) => Encoding.ASCII.GetString(file.AsSpan(at, file.AsSpan(at).IndexOf((byte)0)));

    private readonly record struct Section(uint Type, int Offset, int Size, int Link);
}
