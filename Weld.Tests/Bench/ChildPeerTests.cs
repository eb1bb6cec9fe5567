using Weld.Bench.Compare;
using Weld.Bench.Peers.Children;
using Weld.Frames;
using Weld.Frames.IO;

namespace Weld.Tests.Bench;

/// <summary>What the benchmarks say to peers in other processes, without such a process.</summary>
public sealed class ChildPeerTests
{
    [Fact]
    public void ConversationAsksLineByLine()
    {
        var (conversation, requests) = With("ready X 1.2, Y 3", "entered 0.25", "took 0.001500000", "answered 2", "left");
        Assert.Equal(("X 1.2, Y 3", null), conversation.Greeting());
        Assert.Equal(TimeSpan.FromSeconds(0.25), conversation.Enter("sum", "a folder"));
        Assert.Equal(TimeSpan.FromMilliseconds(1.5), conversation.Time("cpu", 7));
        Assert.Equal(2, conversation.Answer("another"));
        conversation.Leave();
        Assert.Equal("enter sum a folder\ntime cpu 7\nanswer another\nleave\n", requests.ToString());
    }

    [Fact]
    public void AProcessMaySayThatItIsAbsent() => Assert.Equal((null, "No module named 'numpy'"), With("absent No module named 'numpy'").Conversation.Greeting());

    [Fact]
    public void AProcessMayDecline() => Assert.Null(With("declined").Conversation.Enter("matrix_product", "folder"));

    [Theory]
    [InlineData("failed MemoryError: no room", "peer: MemoryError: no room")]
    [InlineData("answered 1", "peer: expected took, found answered 1")]
    [InlineData(null, "peer: expected a reply, found the end of its output")]
    public void WhatIsNoReplyIsAnError(string? line, string message)
    {
        var (conversation, _) = With(line is null ? [] : [line]);
        Assert.Equal(message, Assert.Throws<PeerFailedException>(() => conversation.Time("wall", 1)).Message);
    }

    /// <summary>A process that has died is ended and asked nothing more; leaving it is no error.</summary>
    [Fact]
    public void ABrokenPipeEndsTheProcess()
    {
        var ended = 0;
        var conversation = new Conversation("peer", new BrokenWriter(), new StringReader("entered 0\nleft"), () => ended++);
        Assert.Null(conversation.Broken);
        conversation.Leave();
        const string Message = "peer: expected to ask leave, found Broken pipe";
        Assert.Equal(Message, conversation.Broken);
        Assert.Equal(Message, Assert.Throws<PeerFailedException>(() => conversation.Enter("sum", "folder")).Message);
        conversation.Leave();
        Assert.Equal(1, ended);
    }

    [Fact]
    public void AProgramThatIsNotThereIsNamed()
    {
        using var peer = new ChildPeer("P", "no-such-program-of-a-peer");
        Assert.Equal("no no-such-program-of-a-peer on this machine", peer.Absent);
        Assert.Null(peer.Version);
    }

    [Fact]
    public void ArgumentsAreWrittenAsArrays()
    {
        double[] doubles = [1, -0.0, double.NaN];
        using var folder = ArgumentFolder.Of([doubles, new[] { 1, 2 }, new Matrix([1, 2, 3, 4, 5, 6], 3), new Texts([97, 98, 99], [0, 2, 3]), 2.5f]);
        Assert.Equal(doubles, Values<double>("0.npy"));
        Assert.Equal([1, 2], Values<int>("1.npy"));
        Assert.Equal([2, 3], Npy.Open(Path.Combine(folder.Path, "2.npy")).Shape);
        Assert.Equal([1, 2, 3, 4, 5, 6], Values<double>("2.npy"));
        Assert.Equal("abc"u8.ToArray(), Values<byte>("3.npy"));
        Assert.Equal([0, 2, 3], Values<int>("3.offsets.npy"));
        Assert.Equal([0x00, 0x00, 0x20, 0x40], File.ReadAllBytes(Path.Combine(folder.Path, "4.npy"))[^4..]);
        Assert.All(Directory.GetFiles(folder.Path), f => Assert.Equal(0, HeaderLength(f) % 64));

        T[] Values<T>(string file)
            where T : unmanaged => ((Column<T>)Npy.Open(Path.Combine(folder.Path, file)).Values).Values.ToArray();
    }

    /// <summary>Peers that take part in the same comparison read the same files, until the last has left; those of others are not touched.</summary>
    [Fact]
    public void ArgumentsAreThereForAsLongAsAnybodyUsesThem()
    {
        object[] arguments = [new[] { 1L }], others = [new[] { 1L }];
        var first = ArgumentFolder.Of(arguments);
        using var other = ArgumentFolder.Of(others);
        var second = ArgumentFolder.Of(arguments);
        Assert.Same(first, second);
        Assert.NotEqual(first.Path, other.Path);
        first.Dispose();
        Assert.True(File.Exists(Path.Combine(second.Path, "0.npy")));
        second.Dispose();
        Assert.False(Directory.Exists(second.Path));
        Assert.True(File.Exists(Path.Combine(other.Path, "0.npy")));
        using var again = ArgumentFolder.Of(arguments);
        Assert.True(File.Exists(Path.Combine(again.Path, "0.npy")));
    }

    [Fact]
    public void AnswersComeBackAsTheyWereWritten()
    {
        using var arguments = ArgumentFolder.Of([new[] { 3, 4 }, new Texts("xyz"u8.ToArray(), [0, 1, 3]), new[] { 0.5 }, new[] { 0.5f }]);
        using var answer = new AnswerFolder();
        foreach (var file in Directory.GetFiles(arguments.Path))
        {
            File.Copy(file, Path.Combine(answer.Path, Path.GetFileName(file)));
        }

        var columns = answer.Read(4);
        Assert.Equal([3L, 4L], Assert.IsType<long[]>(columns[0]));
        Assert.Equal([Answers.Hash("x"u8), Answers.Hash("yz"u8)], Assert.IsType<long[]>(columns[1]));
        Assert.Equal([0.5], Assert.IsType<double[]>(columns[2]));
        Assert.Equal([0.5f], Assert.IsType<float[]>(columns[3]));
    }

    private static int HeaderLength(string file)
    {
        var bytes = File.ReadAllBytes(file);
        return 10 + bytes[8] + (bytes[9] << 8);
    }

    private static (Conversation Conversation, StringWriter Requests) With(params string[] replies)
    {
        var requests = new StringWriter();
        return (new Conversation("peer", requests, new StringReader(string.Join('\n', replies)), () => { }), requests);
    }

    /// <summary>A pipe that nobody reads.</summary>
    private sealed class BrokenWriter : StringWriter
    {
        public override void Flush() => throw new IOException("Broken pipe");
    }
}
