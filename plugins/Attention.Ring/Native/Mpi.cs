using System.Runtime.InteropServices;

namespace Attention.Ring.Native;

/// <summary>The part of Open MPI 4 that the ring uses. Its handles are addresses of global symbols.</summary>
internal static unsafe partial class Mpi
{
    public const string Library = "libmpi.so.40";

    /// <summary>Calls come from any thread, one at a time.</summary>
    public const int Serialized = 2;

    /// <summary>Tags, which tell apart what is sent: commands and replies, and signs of life.</summary>
    public const int MessageTag = 0, SignTag = 1;

    private static nint s_library;

    public static nint World { get; private set; }

    private static nint Byte { get; set; }

    /// <summary>Loads the library; false if this machine has none.</summary>
    public static bool TryLoad(string file)
    {
        if (s_library != 0)
            return true;
        if (!NativeLibrary.TryLoad(file, out nint library))
            return false;

        // .NET turns SIGSEGV into exceptions: the library's handlers, which print a stack and end the process, must stay away.
        SetEnvironment("OMPI_MCA_opal_signal", "", 1);
        NativeLibrary.SetDllImportResolver(typeof(Mpi).Assembly, (name, _, _) => name == Library ? library : 0);
        (World, Byte) = (NativeLibrary.GetExport(library, "ompi_mpi_comm_world"), NativeLibrary.GetExport(library, "ompi_mpi_byte"));
        s_library = library;
        return true;
    }

    /// <summary>Errors are returned from now on instead of ending the process.</summary>
    public static void ReturnErrors() => Check(SetErrorHandler(World, NativeLibrary.GetExport(s_library, "ompi_mpi_errors_return")));

    public static string MachineName()
    {
        byte* name = stackalloc byte[256];
        Check(ProcessorName(name, out int length));
        return Marshal.PtrToStringUTF8((nint)name, length);
    }

    /// <summary>Starts to send; the bytes must stay until it is done.</summary>
    public static nint StartSend(byte* bytes, int count, int to, int tag = MessageTag)
    {
        Check(Isend(bytes, count, Byte, to, tag, World, out nint request));
        return request;
    }

    public static bool IsDone(ref nint request)
    {
        Check(Test(ref request, out int done, null));
        return done != 0;
    }

    /// <summary>Length of the next message of a rank; null if none has come.</summary>
    public static int? Arrived(int from, int tag = MessageTag)
    {
        Status status;
        Check(Iprobe(from, tag, World, out int flag, &status));
        return flag == 0 ? null : checked((int)status.Bytes);
    }

    /// <summary>Starts to receive a message that has arrived; of a long one, the rank that sends it still has the rest.</summary>
    public static nint StartReceive(byte* bytes, int count, int from, int tag = MessageTag)
    {
        Check(Irecv(bytes, count, Byte, from, tag, World, out nint request));
        return request;
    }

    /// <exception cref="MpiException">The code is that of an error.</exception>
    public static void Check(int code)
    {
        if (code == 0)
            return;

        byte* text = stackalloc byte[512];
        ErrorString(code, text, out int length);
        throw new MpiException(Marshal.PtrToStringUTF8((nint)text, length));
    }

    [LibraryImport(Library, EntryPoint = "MPI_Init_thread")]
    public static partial int Init(nint count, nint arguments, int required, out int provided);

    [LibraryImport(Library, EntryPoint = "MPI_Finalize")]
    public static partial int Finalize();

    [LibraryImport(Library, EntryPoint = "MPI_Comm_rank")]
    public static partial int Rank(nint world, out int rank);

    [LibraryImport(Library, EntryPoint = "MPI_Comm_size")]
    public static partial int Size(nint world, out int size);

    [LibraryImport(Library, EntryPoint = "MPI_Comm_set_errhandler")]
    private static partial int SetErrorHandler(nint world, nint handler);

    [LibraryImport(Library, EntryPoint = "MPI_Get_processor_name")]
    private static partial int ProcessorName(byte* name, out int length);

    [LibraryImport(Library, EntryPoint = "MPI_Error_string")]
    private static partial int ErrorString(int code, byte* text, out int length);

    [LibraryImport(Library, EntryPoint = "MPI_Isend")]
    private static partial int Isend(byte* bytes, int count, nint type, int to, int tag, nint world, out nint request);

    [LibraryImport(Library, EntryPoint = "MPI_Test")]
    private static partial int Test(ref nint request, out int flag, Status* status);

    [LibraryImport(Library, EntryPoint = "MPI_Iprobe")]
    private static partial int Iprobe(int from, int tag, nint world, out int flag, Status* status);

    [LibraryImport(Library, EntryPoint = "MPI_Irecv")]
    private static partial int Irecv(byte* bytes, int count, nint type, int from, int tag, nint world, out nint request);

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnvironment(string name, string value, int overwrite);

    [StructLayout(LayoutKind.Sequential)]
    private struct Status
    {
        public int Source, Tag, Error, Cancelled;
        public nuint Bytes;
    }
}
