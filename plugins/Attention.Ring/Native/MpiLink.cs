using System.Diagnostics;
using Attention.Ring.Processes;
using Spud;

namespace Attention.Ring.Native;

/// <summary>Ranks are the processes of an MPI job.</summary>
internal sealed class MpiLink : IRankLink
{
    // MPI has no event to wait for: it polls. Short waits keep the processor for the sake of latency, long ones give it up.
    private static readonly TimeSpan s_yielding = TimeSpan.FromMilliseconds(1), s_sleeping = TimeSpan.FromMilliseconds(100);
    private static readonly Lock s_gate = new();
    private static bool s_isTaken, s_isBroken;

    private MpiLink(int rank, int ranks) => (Rank, Ranks, Machine) = (rank, ranks, Mpi.MachineName());

    public int Rank { get; }

    public int Ranks { get; }

    public string Machine { get; }

    /// <summary>Joins the job that started this process. A process can do that once.</summary>
    /// <param name="options">Options of the decorator.</param>
    /// <param name="library">The library's file.</param>
    /// <exception cref="RefusedException">There is no such job, or MPI is missing.</exception>
    public static MpiLink Open(RingOptions options, string library = Mpi.Library)
    {
        const string How = "mpirun --bind-to none -n 2 spud run -p pipeline.json \"…\"";
        if (!Mpi.TryLoad(library))
            throw new RefusedException($"transport 'mpi' needs Open MPI 4 ({library}), which this machine does not have. Install it: ./spud setup ring (Debian: apt-get install openmpi-bin). Or use transport 'threads'.");
        if (Environment.GetEnvironmentVariable("OMPI_COMM_WORLD_SIZE") is null)
            throw new RefusedException($"with transport 'mpi', ranks are processes that mpirun starts, but this process was started without it. Start it so: {How}. Or use transport 'threads'.");

        lock (s_gate)
        {
            if (s_isTaken)
                throw new RefusedException("a process can have one ring over MPI in its lifetime, and this one has had it. Start the program again, or use transport 'threads'.");

            s_isTaken = true;
        }

        try
        {
            return Start(options, How);
        }
        catch (MpiException fault)
        {
            throw new RefusedException($"{fault.Message}. Start the ranks with: {How}");
        }
    }

    public unsafe void Send(int to, ReadOnlySpan<byte> message, TimeSpan? patience)
    {
        try
        {
            fixed (byte* bytes = message)
            {
                Complete(Mpi.StartSend(bytes, message.Length, to), patience);
            }
        }
        catch (MpiException fault)
        {
            throw Broken($"{fault.Message}.");
        }
    }

    public unsafe void Receive(int from, NativeBuffer message, TimeSpan? patience)
    {
        try
        {
            long began = Stopwatch.GetTimestamp();
            int? length;
            while ((length = Mpi.Arrived(from)) is null)
                Pause(Stopwatch.GetElapsedTime(began), patience);

            message.Resize(length.Value);
            Complete(Mpi.StartReceive((byte*)message.Address, length.Value, from), patience);
        }
        catch (MpiException fault)
        {
            throw Broken($"{fault.Message}.");
        }
    }

    /// <summary>The process stays in the job until it ends.</summary>
    public void Dispose()
    {
    }

    private static MpiLink Start(RingOptions options, string how)
    {
        int code = 0, provided = 0;
        TimeSpan patience = TimeSpan.FromSeconds(options.TimeoutSeconds);
        Thread starter = new(() => code = Mpi.Init(0, 0, Mpi.Serialized, out provided)) { IsBackground = true, Name = "MPI" };
        starter.Start();
        if (!starter.Join(patience))
            throw new RefusedException($"MPI did not start within {options.TimeoutSeconds} seconds: another rank of the job has not started. All ranks need the same command: {how}");

        Mpi.Check(code);
        if (provided < Mpi.Serialized)
            throw new RefusedException("this Open MPI was built without support for threads.");

        AppDomain.CurrentDomain.ProcessExit += (_, _) => Leave(patience);
        Mpi.ReturnErrors();
        Mpi.Check(Mpi.Rank(Mpi.World, out int rank));
        Mpi.Check(Mpi.Size(Mpi.World, out int size));
        MpiLink link = new(rank, size);
        if (options.Ranks is { } ranks && ranks != size)
            throw new RefusedException($"ranks is {ranks}, but mpirun started {size} {(size == 1 ? "process" : "processes")}: mpirun -n {ranks} …, or leave 'ranks' out.");

        return link;
    }

    private static void Complete(nint request, TimeSpan? patience)
    {
        long began = Stopwatch.GetTimestamp();
        while (!Mpi.IsDone(ref request))
            Pause(Stopwatch.GetElapsedTime(began), patience);
    }

    /// <summary>
    /// Leaves the job when the process ends. That waits for all other ranks, and for ever if one is lost: known to be, or killed since it last answered
    /// where mpirun does not end the job (--enable-recovery). mpirun reports such a rank itself.
    /// </summary>
    private static void Leave(TimeSpan patience)
    {
        if (s_isBroken)
            return;

        Thread leaver = new(static () => _ = Mpi.Finalize()) { IsBackground = true, Name = "MPI" };
        leaver.Start();
        _ = leaver.Join(patience);
    }

    private static RankLostException Broken(string reason)
    {
        s_isBroken = true;
        return new(reason);
    }

    private static void Pause(TimeSpan waited, TimeSpan? patience)
    {
        if (waited > patience)
            throw Broken($"it has not answered for {patience.Value.TotalSeconds:N0} seconds (timeoutSeconds).");

        if (waited > s_sleeping)
            Thread.Sleep(1);
        else if (waited > s_yielding)
            Thread.Yield();
    }
}
