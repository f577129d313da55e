Feature: quickpay
