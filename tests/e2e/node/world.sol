// SPDX-License-Identifier: Apache-2.0
// The contracts of the scripted world (tests/e2e/support/anvil_world.py): as small as they go.
pragma solidity ^0.8.0;

contract Token {
    string public symbol = "LOOT";
    uint8 public decimals = 18;
    mapping(address => uint256) public balanceOf;
    mapping(address => mapping(address => uint256)) public allowance;
    event Transfer(address indexed from, address indexed to, uint256 value);

    constructor(uint256 supply) {
        balanceOf[msg.sender] = supply;
        emit Transfer(address(0), msg.sender, supply);
    }

    function approve(address spender, uint256 amount) external returns (bool) {
        allowance[msg.sender][spender] = amount;
        return true;
    }

    function transfer(address to, uint256 amount) external returns (bool) {
        return move(msg.sender, to, amount);
    }

    function transferFrom(address from, address to, uint256 amount) external returns (bool) {
        allowance[from][msg.sender] -= amount;
        return move(from, to, amount);
    }

    function burn(uint256 amount) external {
        balanceOf[msg.sender] -= amount;
        emit Transfer(msg.sender, address(0), amount);
    }

    function move(address from, address to, uint256 amount) internal returns (bool) {
        balanceOf[from] -= amount;
        balanceOf[to] += amount;
        emit Transfer(from, to, amount);
        return true;
    }
}

contract Wrapped {
    bytes32 public symbol = "WETH";
    uint8 public decimals = 18;
    mapping(address => uint256) public balanceOf;
    mapping(address => mapping(address => uint256)) public allowance;
    event Transfer(address indexed from, address indexed to, uint256 value);
    event Deposit(address indexed to, uint256 amount);
    event Withdrawal(address indexed from, uint256 amount);

    receive() external payable {
        deposit();
    }

    function deposit() public payable {
        balanceOf[msg.sender] += msg.value;
        emit Deposit(msg.sender, msg.value);
    }

    function withdraw(uint256 amount) external {
        balanceOf[msg.sender] -= amount;
        emit Withdrawal(msg.sender, amount);
        (bool sent, ) = msg.sender.call{value: amount}("");
        require(sent);
    }

    function approve(address spender, uint256 amount) external returns (bool) {
        allowance[msg.sender][spender] = amount;
        return true;
    }

    function transfer(address to, uint256 amount) external returns (bool) {
        balanceOf[msg.sender] -= amount;
        balanceOf[to] += amount;
        emit Transfer(msg.sender, to, amount);
        return true;
    }

    function transferFrom(address from, address to, uint256 amount) external returns (bool) {
        allowance[from][msg.sender] -= amount;
        balanceOf[from] -= amount;
        balanceOf[to] += amount;
        emit Transfer(from, to, amount);
        return true;
    }
}

interface Money {
    function balanceOf(address) external view returns (uint256);
    function transfer(address, uint256) external returns (bool);
    function transferFrom(address, address, uint256) external returns (bool);
}

// x * y = k, without fee; reserves are what it has.
contract Pool {
    Money immutable one;
    Money immutable other;

    constructor(Money one_, Money other_) {
        one = one_;
        other = other_;
    }

    function swap(Money paid, uint256 amount, address to) external {
        require(paid == one || paid == other);
        Money wanted = paid == one ? other : one;
        uint256 before = paid.balanceOf(address(this));
        paid.transferFrom(msg.sender, address(this), amount);
        uint256 got = (wanted.balanceOf(address(this)) * amount) / (before + amount);
        wanted.transfer(to, got);
    }
}

contract Splitter {
    // In equal parts; what is left over goes back.
    function split(address[] calldata parts) external payable {
        uint256 each = msg.value / parts.length;
        for (uint256 i = 0; i < parts.length; i++) {
            (bool sent, ) = parts[i].call{value: each}("");
            require(sent);
        }
        uint256 rest = address(this).balance;
        (bool back, ) = msg.sender.call{value: rest}("");
        require(back);
    }

    function fail() external payable {
        revert("no");
    }

    // Sends and takes it back: the inner call fails, the outer does not.
    function trySending(address payable to) external payable {
        try this.sendAndFail{value: msg.value}(to) {} catch {}
    }

    function sendAndFail(address payable to) external payable {
        (bool sent, ) = to.call{value: msg.value}("");
        require(sent);
        revert("undone");
    }
}

contract Single {
    event Transfer(address indexed from, address indexed to, uint256 indexed id);
    mapping(uint256 => address) public ownerOf;

    function give(address to, uint256 id) external {
        emit Transfer(ownerOf[id], to, id);
        ownerOf[id] = to;
    }
}

// Keeps a twentieth of each payment for its keeper and says nothing of it: its balances are not what
// its logs add up to.
contract Tithe {
    string public symbol = "TITHE";
    uint8 public decimals = 18;
    mapping(address => uint256) public balanceOf;
    address keeper;
    event Transfer(address indexed from, address indexed to, uint256 value);

    constructor(uint256 supply, address keeper_) {
        keeper = keeper_;
        balanceOf[msg.sender] = supply;
        emit Transfer(address(0), msg.sender, supply);
    }

    function transfer(address to, uint256 amount) external returns (bool) {
        uint256 fee = msg.sender == keeper ? 0 : amount / 20;
        balanceOf[msg.sender] -= amount;
        balanceOf[to] += amount - fee;
        balanceOf[keeper] += fee;
        emit Transfer(msg.sender, to, amount - fee);
        return true;
    }
}

// Writes what it likes into its logs.
contract Liar {
    event Transfer(address indexed from, address indexed to, uint256 value);
    event Deposit(address indexed to, uint256 amount);

    function lie(address from, address to) external {
        emit Transfer(from, to, type(uint256).max);
        emit Deposit(to, type(uint256).max);
    }
}
